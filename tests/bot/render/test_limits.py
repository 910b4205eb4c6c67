"""The numbers are Discord's: they are held against the description of its API where that is at hand."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from bot.render import limits
from rag.domain.agenda import IsoWeek, Posting, PostKind, PostState
from tests.conftest import NOW
from tests.loopback.discord import documented, openapi, polls

MESSAGE = "ForMessageRequest"
SCHEMA = [
    ("IncomingWebhookInteractionRequest.content", limits.CONTENT_CHARS),
    ("MessageCreateRequest.attachments", limits.ATTACHMENTS),
    ("MessageCreateRequest.embeds", limits.EMBEDS),
    ("MessageCreateRequest.components", limits.COMPONENTS),
    ("MessageAttachmentRequest.filename", limits.FILE_NAME_CHARS),
    ("MessageAttachmentRequest.description", limits.ALT_TEXT_CHARS),
    ("RichEmbed.title", limits.EMBED_TITLE_CHARS),
    ("RichEmbed.description", limits.EMBED_DESCRIPTION_CHARS),
    ("RichEmbed.fields", limits.EMBED_FIELDS),
    ("RichEmbedField.name", limits.EMBED_FIELD_NAME_CHARS),
    ("RichEmbedField.value", limits.EMBED_FIELD_VALUE_CHARS),
    ("RichEmbedFooter.text", limits.EMBED_FOOTER_CHARS),
    ("RichEmbedAuthor.name", limits.EMBED_AUTHOR_CHARS),
    (f"TextDisplayComponent{MESSAGE}.content", limits.MESSAGE_TEXT_CHARS),
    (f"ActionRowComponent{MESSAGE}.components", limits.ROW_BUTTONS),
    (f"ButtonComponent{MESSAGE}.label", limits.BUTTON_LABEL_CHARS),
    (f"ButtonComponent{MESSAGE}.url", limits.BUTTON_URL_CHARS),
    (f"ButtonComponent{MESSAGE}.custom_id", limits.CUSTOM_ID_CHARS),
    (f"StringSelectComponent{MESSAGE}.options", limits.MENU_CHOICES),
    (f"StringSelectComponent{MESSAGE}.placeholder", limits.MENU_PLACEHOLDER_CHARS),
    ("StringSelectOptionForRequest.label", limits.CHOICE_LABEL_CHARS),
    ("StringSelectOptionForRequest.value", limits.CHOICE_VALUE_CHARS),
    ("StringSelectOptionForRequest.description", limits.CHOICE_DESCRIPTION_CHARS),
    (f"MediaGalleryComponent{MESSAGE}.items", limits.GALLERY_ITEMS),
    ("MediaGalleryItemRequest.description", limits.ALT_TEXT_CHARS),
    (f"SectionComponent{MESSAGE}.components", limits.SECTION_TEXTS),
    ("ModalInteractionCallbackRequestData.title", limits.MODAL_TITLE_CHARS),
    ("LabelComponentForModalRequest.label", limits.MODAL_LABEL_CHARS),
    ("LabelComponentForModalRequest.description", limits.MODAL_DESCRIPTION_CHARS),
    ("TextInputComponentForModalRequest.value", limits.TEXT_INPUT_CHARS),
    ("TextInputComponentForModalRequest.placeholder", limits.TEXT_INPUT_PLACEHOLDER_CHARS),
    ("RadioGroupComponentForModalRequest.options", limits.RADIO_CHOICES_MOST),
    ("ApplicationCommandCreateRequest.name", limits.COMMAND_NAME_CHARS),
    ("ApplicationCommandCreateRequest.description", limits.COMMAND_DESCRIPTION_CHARS),
    ("ApplicationCommandCreateRequest.options", limits.COMMAND_OPTIONS),
    ("ApplicationCommandStringOption.max_length", limits.OPTION_STRING_CHARS),
    ("InteractionApplicationCommandAutocompleteCallbackStringData.choices", limits.AUTOCOMPLETE_CHOICES),
    ("ApplicationCommandOptionStringChoice.name", limits.AUTOCOMPLETE_NAME_CHARS),
    ("CreateTextThreadWithMessageRequest.name", limits.THREAD_NAME_CHARS),
    ("CreateForumThreadRequest.applied_tags", limits.FORUM_POST_TAGS),
    ("PollMediaCreateRequest.text", limits.POLL_QUESTION_CHARS),
    ("PollCreateRequest.answers", limits.POLL_ANSWERS),
    ("PollCreateRequest.duration", limits.POLL_HOURS),
    ("ExternalScheduledEventCreateRequest.name", limits.EVENT_NAME_CHARS),
    ("EntityMetadataExternal.location", limits.EVENT_PLACE_CHARS),
    ("MessageCreateRequest.nonce", limits.NONCE_CHARS),
]


@pytest.mark.skipif(not openapi.is_here(), reason="Discord's OpenAPI file is not here")
@pytest.mark.parametrize(("field", "number"), SCHEMA)
def test_a_number_is_what_discord_describes(field: str, number: int) -> None:
    name, _, key = field.partition(".")
    schema: dict[str, Any] = json.loads(openapi.SPEC.read_text())["components"]["schemas"][name]["properties"][key]
    kinds = [schema, *(one for one in schema.get("oneOf", ()) if one.get("type") == "string")]
    numbers = [kind[most] for kind in kinds for most in ("maxLength", "maxItems", "maximum") if most in kind]
    assert numbers == [number]


def test_what_is_not_described_is_what_the_documentation_says() -> None:
    """Held against the numbers that the loopback Discord was given by itself."""
    assert limits.MESSAGE_TEXT_CHARS == documented.V2_TEXT
    assert limits.EMBEDS_CHARS == documented.EMBED_TEXT
    assert limits.MODAL_CHILDREN == documented.MODAL_PARTS
    assert (limits.RADIO_CHOICES_LEAST, limits.RADIO_CHOICES_MOST) == documented.RADIO_OPTIONS
    assert limits.THREAD_ARCHIVE_MINUTES == documented.AUTO_ARCHIVE_MINUTES
    assert limits.AUTOCOMPLETE_VALUE_CHARS == documented.CHOICE_TEXT
    assert (limits.COMMANDS, limits.COMMAND_CHARS) == (documented.SLASH_COMMANDS, documented.COMMAND_TEXT)
    assert limits.TOKEN_SAFE_S < limits.TOKEN_S
    assert (limits.POLL_QUESTION_CHARS, limits.POLL_ANSWER_CHARS) == (polls.QUESTION_CHARS, polls.ANSWER_CHARS)


def test_the_mark_of_a_post_can_be_its_nonce() -> None:
    guild, week = str(2**63 - 1), IsoWeek(2026, 53)
    for kind in PostKind:
        post = Posting(guild, week, kind, NOW, PostState.CLAIMED, "", NOW, NOW, 1, "7")
        assert len(post.mark) <= limits.NONCE_CHARS


def test_what_is_rendered_knows_nothing_of_connections() -> None:
    code = (
        "import sys, bot.render.fitting, bot.render.escaping, bot.render.tables, bot.render.limits; print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "bot.render.splitting" in loaded
    assert {name.partition(".")[0] for name in loaded} & {"discord", "aiohttp", "sqlalchemy", "rag"} == set()
