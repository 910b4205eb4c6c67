"""Prompts as files: ``prompts/NAME.jinja`` holds a version, what the system says and what the user says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.language.ports import Prompt

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

_VERSION = re.compile(r"""\{%-?\s*set\s+version\s*=\s*["']([^"']+)["']\s*-?%\}""")
FOLDER = Path(__file__).parents[2] / "prompts"


def prompt(name: str, shape: Mapping[str, Any] | None = None, **given: object) -> Prompt:
    """Return the prompt ``name``, filled. What is given is put in as it is: it is never read as a template.

    Each file sets ``version`` and has the blocks ``system`` and ``user``. Raises jinja2.UndefinedError for a name that
    the file uses and nobody gave; tests fill every file.
    """
    template = _template(name)
    return Prompt(label_of(name), _block(template, "system", given), _block(template, "user", given), shape)


def label_of(name: str) -> str:
    """Return the label of the prompt ``name``: with its version, "answer/2"."""
    return f"{name}/{_version(name)}"


def _block(template: Template, block: str, given: Mapping[str, object]) -> str:
    context = template.new_context(dict(given))
    return "".join(template.blocks[block](context)).strip()


@cache
def _version(name: str) -> str:
    """Return the version that a file sets, read from its text: rendering it whole would need all that it is given."""
    found = _VERSION.search((FOLDER / f"{name}.jinja").read_text(encoding="utf-8"))
    assert found, f"prompts/{name}.jinja sets no version"
    return found[1]


@cache
def _environment() -> SandboxedEnvironment:
    from jinja2 import FileSystemLoader, StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    return SandboxedEnvironment(
        loader=FileSystemLoader(FOLDER),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _template(name: str) -> Template:
    return _environment().get_template(f"{name}.jinja")
