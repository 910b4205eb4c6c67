"""Request bodies against Discord's own description of its API, where ``../shared/data/discord-openapi.json`` is.

https://github.com/discord/discord-api-spec (MIT)
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.loopback.discord.errors import Json

SPEC = Path(__file__).parents[3].parent / "shared" / "data" / "discord-openapi.json"


def is_here() -> bool:
    """Whether the description can be read."""
    return SPEC.is_file()


def faults_in(method: str, path: str, body: Any) -> list[str]:
    """Return where a body is not what the description wants; nothing for addresses without a body in it."""
    template = _template(path)
    if template is None:
        return [f"the API has no {path}"]
    validator = _validator(method.lower(), template)
    if validator is None:
        return []
    return _checked(method.lower(), template, json.dumps(body, sort_keys=True))


@cache
def _checked(method: str, template: str, body: str) -> list[str]:
    validator = _validator(method, template)
    assert validator is not None
    found = [_innermost(error) for error in validator.iter_errors(json.loads(body))]
    return [f"{error.json_path}: {error.message[:300]}" for error in found]


def _innermost(error: ValidationError) -> ValidationError:
    """Return, of an error in alternatives, the one of the alternative that went furthest."""
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
    return error


@cache
def _spec() -> Json:
    spec: Json = json.loads(SPEC.read_text())
    for schema in _schemas(spec):
        _pick_by_type(schema, spec)
    schemas = spec["components"]["schemas"]
    # Where discord.py, and Discord with it, is wider than the file: ids may be numbers, and channels of type 16 (media)
    # are documented at https://docs.discord.com/developers/resources/channel#channel-object-channel-types
    schemas["ChannelTypes"]["oneOf"].append({"const": 16})
    schemas["SnowflakeType"] = {"type": ["string", "integer"], "pattern": "^(0|[1-9][0-9]*)$"}
    return spec


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    exact_first = sorted(_spec()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path) for path in exact_first]


@cache
def _template(path: str) -> str | None:
    return next((template for pattern, template in _patterns() if pattern.fullmatch(path)), None)


@cache
def _registry() -> Registry[Any]:
    registry: Registry[Any] = Registry().with_resource("urn:discord", DRAFT202012.create_resource(_spec()))
    return registry


@cache
def _validator(method: str, template: str) -> Draft202012Validator | None:
    operation = _spec()["paths"][template].get(method) or {}
    content = (operation.get("requestBody") or {}).get("content") or {}
    if "application/json" not in content:
        return None
    schema = json.loads(json.dumps(content["application/json"]["schema"]).replace('"#/', '"urn:discord#/'))
    return Draft202012Validator(schema, registry=_registry())


def _schemas(node: Any) -> list[Json]:
    """Return every schema that offers alternatives."""
    if isinstance(node, list):
        return [found for one in node for found in _schemas(one)]
    if not isinstance(node, dict):
        return []
    inner = [found for one in node.values() for found in _schemas(one)]
    return inner + ([node] if "oneOf" in node or "anyOf" in node else [])


def _pick_by_type(schema: Json, spec: Json) -> None:
    """Let alternatives be chosen by their ``type``: faster than trying all, and the errors name the fault."""
    key = "oneOf" if "oneOf" in schema else "anyOf"
    cases: list[tuple[list[int], Json]] = []
    for alternative in schema[key]:
        name = alternative.get("$ref", "").removeprefix("#/components/schemas/")
        types = spec["components"]["schemas"].get(name, {}).get("properties", {}).get("type", {}).get("enum")
        if not types or not all(isinstance(one, int) for one in types):
            return
        cases.append((types, alternative))
    known = [one for types, _ in cases for one in types]
    if len(cases) < 2 or len(set(known)) < len(known):
        return
    del schema[key]
    schema["type"], schema["required"] = "object", ["type"]
    schema["properties"] = {"type": {"enum": known}}
    schema["allOf"] = [
        {"if": {"properties": {"type": {"enum": types}}}, "then": alternative} for types, alternative in cases
    ]
