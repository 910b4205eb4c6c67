"""As much of Docker's own grammar as our files use, since no engine runs where the tests do.

https://docs.docker.com/reference/dockerfile/ and https://docs.docker.com/build/concepts/context/#dockerignore-files
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import translate

KNOWN = {
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "ONBUILD", "RUN",
    "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Instruction:
    name: str
    text: str

    def words(self) -> list[str]:
        """The arguments without ``--options``."""
        return [word for word in shlex.split(self.text) if not word.startswith("--")]

    def executed(self) -> list[str]:
        """The exec form, ``["program", "argument"]``, after options. Raises ValueError for the shell form."""
        found = json.loads(self.text[self.text.index("[") :])
        assert all(isinstance(word, str) for word in found)
        return found


@dataclass(frozen=True, slots=True)
class Stage:
    base: str
    name: str
    instructions: tuple[Instruction, ...]

    def all(self, name: str) -> list[Instruction]:
        return [instruction for instruction in self.instructions if instruction.name == name]

    def last(self, name: str) -> Instruction:
        return self.all(name)[-1]

    def environment(self) -> dict[str, str]:
        return dict(word.split("=", 1) for instruction in self.all("ENV") for word in instruction.words())


def stages(text: str) -> tuple[Stage, ...]:
    """The stages of a Dockerfile, with what ARG gives put into FROM."""
    found: list[Stage] = []
    given: dict[str, str] = {}
    for instruction in _instructions(text):
        if instruction.name == "FROM":
            base, *rest = instruction.words()
            base = re.sub(r"\$\{(\w+)\}", lambda match: given[match[1]], base)
            found.append(Stage(base, rest[1] if rest else "", ()))
        elif not found:
            assert instruction.name == "ARG"
            name, _, value = instruction.text.partition("=")
            given[name] = value
        else:
            stage = found[-1]
            found[-1] = Stage(stage.base, stage.name, (*stage.instructions, instruction))
    return tuple(found)


def _instructions(text: str) -> Iterator[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        name, _, rest = line.strip().partition(" ")
        assert name in KNOWN
        yield Instruction(name, rest.strip())


def ignored(path: str, patterns: str) -> bool:
    """Whether a .dockerignore keeps a file out of the build: the last line that fits the path or a parent decides."""
    parts = path.split("/")
    places = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    out = False
    for line in patterns.splitlines():
        pattern = line.strip().rstrip("/")
        if not pattern or pattern.startswith("#"):
            continue
        brought_back = pattern.startswith("!")
        if any(_fits(place, pattern.removeprefix("!")) for place in places):
            out = not brought_back
    return out


def _fits(path: str, pattern: str) -> bool:
    """Go's filepath.Match, where ``*`` stops at a slash, and ``**/`` for any number of folders."""
    deep = pattern.startswith("**/")
    regex = translate(pattern.removeprefix("**/")).replace(".*", "[^/]*")
    candidates = [path, *(path[at + 1 :] for at, sign in enumerate(path) if sign == "/")] if deep else [path]
    return any(re.match(regex, candidate) for candidate in candidates)
