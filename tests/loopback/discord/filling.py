"""Forms: what a person fills in, checked as the client checks it, and as the bot gets it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.loopback.discord.errors import Json, NotAccepted
from tests.loopback.discord.exchange import Modal
from tests.loopback.discord.reading import CHECKBOX, FILE_UPLOAD, LABEL, RADIO_GROUP, ROW, TEXT_DISPLAY, TEXT_INPUT

MOST_CHARACTERS = 4000


def filled_in(modal: Modal, values: Mapping[str, Any]) -> list[Json]:
    """Return a form's components with what was filled in. Raises NotAccepted for what the client would refuse."""
    given = {modal.labels.get(name, name): value for name, value in values.items()}
    if strange := set(given) - set(modal.fields):
        raise NotAccepted(f"the form has no {sorted(strange)}, only {sorted(modal.fields)} or {sorted(modal.labels)}")
    sent: list[Json] = []
    for number, one in enumerate(modal.json["components"], 1):
        place = {"type": one["type"], "id": one.get("id") or number}
        if one["type"] == ROW:
            sent.append(place | {"components": [_field(inner, given, number) for inner in one["components"]]})
        elif one["type"] == LABEL:
            sent.append(place | {"component": _field(one["component"], given, number)})
        elif one["type"] == TEXT_DISPLAY:
            sent.append(place)
    return sent


def _field(field: Json, given: Mapping[str, Any], number: int) -> Json:
    name, kind = field["custom_id"], field["type"]
    sent: Json = {"type": kind, "custom_id": name, "id": field.get("id") or 100 + number}
    if kind == TEXT_INPUT:
        return sent | {"value": _text(field, given.get(name, field.get("value") or ""))}
    if kind == FILE_UPLOAD:
        return sent | {"values": [file["id"] for file in given.get(name) or ()]}
    if kind in (CHECKBOX, RADIO_GROUP):
        return sent | {"value": given.get(name, False if kind == CHECKBOX else None)}
    chosen = given.get(name)
    if chosen is None:
        chosen = [option["value"] for option in field.get("options") or () if option.get("default")]
    chosen = [chosen] if isinstance(chosen, str) else [getattr(value, "id", value) for value in chosen]
    if field.get("required", True) and not chosen:
        raise NotAccepted(f"{name} must be chosen")
    return sent | {"values": chosen}


def _text(field: Json, value: str) -> str:
    if field.get("required", True) and not value:
        raise NotAccepted(f"{field['custom_id']} must be filled in")
    least, most = field.get("min_length") or 0, field.get("max_length") or MOST_CHARACTERS
    if value and not least <= len(value) <= most:
        raise NotAccepted(f"{field['custom_id']} takes {least} to {most} characters, not {len(value)}")
    return value
