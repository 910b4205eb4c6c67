"""What goes wrong: what a person cannot do in the client, and what Discord's API answers to a bot."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class CannotDo(AssertionError):
    """A test asks of a person what the client would not let them do."""


class NotOffered(CannotDo):
    """The command, the message or the channel is not there for this person."""


class NotAccepted(CannotDo):
    """The client refuses the value: a wrong option, a missing one, one too long."""


class NobodyListens(CannotDo):
    """The bot has no session: it is offline, and Discord says that the application did not respond."""


class ApiError(Exception):
    """An error answer of the REST API."""

    def __init__(self, status: int, code: int, message: str, **more: Any) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.json: Json = {"message": message, "code": code, **more}


def unknown(what: str) -> ApiError:
    """Return the 404 for something that is not there, or not there for the bot."""
    codes = {
        "Channel": 10003, "Guild": 10004, "Member": 10007, "Message": 10008, "User": 10013, "Webhook": 10015,
        "Interaction": 10062, "Application Command": 10063,
    }  # fmt: skip
    return ApiError(404, codes[what], f"Unknown {what}")


def missing_access() -> ApiError:
    """Return the 403 for a channel that the bot cannot see."""
    return ApiError(403, 50001, "Missing Access")


def missing_permissions() -> ApiError:
    """Return the 403 for what the bot may not do in a channel it sees."""
    return ApiError(403, 50013, "Missing Permissions")


def invalid_body(why: str) -> ApiError:
    """Return the 400 for a body that Discord does not take."""
    return ApiError(400, 50035, "Invalid Form Body", errors={"_errors": [{"code": "INVALID", "message": why}]})
