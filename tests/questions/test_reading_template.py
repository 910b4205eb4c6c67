"""Templates are read by structure, not by spelling."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.domain.template import Template
from rag.errors import BadDocument
from rag.questions.reading_template import MAX_BYTES, MAX_FIELDS, MAX_NAME, own_template, read_template
from rag.wording import sentence_for

FLAWED = """
# Paper analysis

Paper name: {tile of the paper}

## 1. Problem Definition
- **What is the core problem?**
- **Why is it important/challenging?**

## 3. Data Summary
- **Datasets used:** (e.g., ImageNet, WikiText-103)
- **Processing procedures:**
  - Tokenization (for NLP)
  - Synthesis procedures(If there are)

## 5. Detailed Training Procedures
- **Optimiz & Hyperparameters:** (e.g., AdamW, batch size)
- **Infrastructure:** (e.g., number of GPUs, training durati
"""


def read(text: str) -> Template:
    return read_template(text.encode())


def names(template: Template) -> dict[str, list[str]]:
    return {section.title: [field.name for field in section.fields] for section in template.sections}


def test_typing_errors_cut_lines_and_open_brackets_do_not_matter() -> None:
    template = read(FLAWED)
    assert template.title == "Paper analysis"
    assert [section.number for section in template.sections] == ["1", "3", "5"]
    assert names(template) == {
        "Problem Definition": ["What is the core problem?", "Why is it important/challenging?"],
        "Data Summary": ["Datasets used", "Processing procedures"],
        "Detailed Training Procedures": ["Optimiz & Hyperparameters", "Infrastructure"],
    }
    datasets, processing = template.sections[1].fields
    assert datasets.hint == "e.g., ImageNet, WikiText-103"
    assert processing.parts == ("Tokenization (for NLP)", "Synthesis procedures(If there are)")
    assert template.sections[2].fields[1].hint == "e.g., number of GPUs, training durati"
    assert [field.number for field in template.fields] == [1, 2, 1, 2, 1, 2]


@pytest.mark.parametrize(
    "text",
    [
        "### Model\n1. Parts\n2. Flow",
        "Model\n=====\n* Parts\n* Flow",
        "# Model\n**Parts:** what there is\n**Flow**",
        "# Model\n\n**Parts:** what there is\n\n**Flow**\n",
        "# Model\n| field | hint |\n|---|---|\n| Parts | what there is |\n| Flow | |",
        "# Model\n## Parts\nsome words\n## Flow\n",
        "- Model\n  - Parts\n  - Flow",
        "## 4) Model\n+ Parts: what there is\n+ Flow (e.g. from left to right",
    ],
)
def test_any_way_to_write_a_section_and_its_fields_is_read(text: str) -> None:
    assert names(read(text)) == {"Model": ["Parts", "Flow"]}


def test_the_own_template_is_read_and_covers_seven_sections() -> None:
    template = own_template()
    assert len(template.sections) == 7
    assert len(template.fields) >= 24
    assert template.title == "Reading a paper together"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it has no fields"),
        (b"# Only a heading\n\nand a paragraph", "it has no fields"),
        (b"- \n- \n", "it has no fields"),
        (b"\xff\xd8\xff\xe0 a picture \x80", "it is no text in UTF-8"),
        (b"- a\n" * (MAX_FIELDS + 1), "the limit is 100"),
        (b"- a\n" + b"x" * MAX_BYTES, "at most 64 kB"),
    ],
    ids=["empty", "no list", "empty bullets", "a picture", "too many", "too large"],
)
def test_what_is_no_template_is_refused_with_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(BadDocument) as refused:
        read_template(content)
    assert said in sentence_for(refused.value)
    assert sentence_for(refused.value).startswith("The template cannot be read: ")


def test_a_name_of_any_length_is_cut_at_a_word() -> None:
    (field,) = read("# One\n- " + "word " * 400).fields
    assert len(field.name) <= MAX_NAME
    assert field.name.endswith("word …")


def test_numbers_in_the_name_of_a_section_stay() -> None:
    assert names(read("## 3D models\n- parts\n## A new idea\n- which")) == {
        "3D models": ["parts"],
        "A new idea": ["which"],
    }


WORDS = st.text("abcdefg hij", min_size=1, max_size=30).map(str.strip).filter(bool)


@given(st.dictionaries(WORDS.map(str.capitalize), st.lists(WORDS, min_size=1, max_size=5), min_size=1, max_size=6))
def test_what_is_written_as_a_list_comes_back(outline: dict[str, list[str]]) -> None:
    text = "\n".join(
        f"## {title}\n" + "\n".join(f"- **{name}:** hint" for name in held) for title, held in outline.items()
    )
    folded = {" ".join(title.split()): [" ".join(name.split()) for name in held] for title, held in outline.items()}
    assert names(read(text)) == folded


@given(st.binary(max_size=400) | st.text("#-*|[](): \n\tab1.>`", max_size=300).map(str.encode))
def test_whatever_is_uploaded_is_read_or_refused(content: bytes) -> None:
    try:
        template = read_template(content)
    except BadDocument:
        return
    assert template.fields
    assert all(field.name.strip() and len(field.name) <= MAX_NAME for field in template.fields)
    assert all(sign.isprintable() for field in template.fields for sign in field.name + field.hint)
