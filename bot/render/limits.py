"""Every number of Discord's that the bot keeps to, and where it stands.

Lengths are in code points, as Python counts (https://github.com/discord/discord-api-docs/issues/1315).
DOCS stands for https://docs.discord.com/developers. What is not on those pages is in the schema that Discord publishes
(https://github.com/discord/discord-api-spec), against which a test holds these numbers.
"""

from __future__ import annotations

from typing import Final

# Messages. DOCS/resources/message#create-message
CONTENT_CHARS = 2_000
"""Of a message without components of version 2."""
ATTACHMENTS = 10
ATTACHMENT_BYTES = 10 * 2**20
"""Without a boosted server; an interaction says its own. DOCS/reference#uploading-files"""
FILE_NAME_CHARS = 1_024
NONCE_CHARS = 25
"""By a nonce Discord knows a message that was sent already."""

# Components of version 2. DOCS/components/reference
MESSAGE_TEXT_CHARS = 4_000
"""Over all texts of one message."""
COMPONENTS = 40
"""In one message, nested ones counted: a container, a row and each of its buttons are one each."""
ROW_BUTTONS = 5
BUTTON_LABEL_CHARS = 80
BUTTON_URL_CHARS = 512
CUSTOM_ID_CHARS = 100
MENU_CHOICES = 25
MENU_PLACEHOLDER_CHARS = 150
CHOICE_LABEL_CHARS = 100
CHOICE_VALUE_CHARS = 100
CHOICE_DESCRIPTION_CHARS = 100
GALLERY_ITEMS = 10
ALT_TEXT_CHARS = 1_024
SECTION_TEXTS = 3

# Embeds. DOCS/resources/message#embed-object-embed-limits
EMBEDS = 10
EMBEDS_CHARS = 6_000
"""Over all embeds of one message."""
EMBED_TITLE_CHARS = 256
EMBED_DESCRIPTION_CHARS = 4_096
EMBED_FIELDS = 25
EMBED_FIELD_NAME_CHARS = 256
EMBED_FIELD_VALUE_CHARS = 1_024
EMBED_FOOTER_CHARS = 2_048
EMBED_AUTHOR_CHARS = 256

# Modals. DOCS/components/reference#label
MODAL_TITLE_CHARS = 45
MODAL_CHILDREN = 5
"""The schema lets 40 pass; the library and the page on modals say 5."""
MODAL_LABEL_CHARS = 45
MODAL_DESCRIPTION_CHARS = 100
TEXT_INPUT_CHARS = 4_000
TEXT_INPUT_PLACEHOLDER_CHARS = 100
RADIO_CHOICES_LEAST, RADIO_CHOICES_MOST = 2, 10

# Commands. DOCS/interactions/application-commands
COMMAND_NAME_CHARS = 32
COMMAND_DESCRIPTION_CHARS = 100
COMMAND_OPTIONS = 25
COMMAND_CHARS = 8_000
"""Of names, descriptions and values of one command with all that hangs on it."""
COMMANDS = 100
"""Slash commands of one application."""
OPTION_STRING_CHARS = 6_000
AUTOCOMPLETE_CHOICES = 25
AUTOCOMPLETE_NAME_CHARS = 100
AUTOCOMPLETE_VALUE_CHARS = 100

# Channels and threads. DOCS/resources/channel#start-thread-from-message
THREAD_NAME_CHARS = 100
THREAD_WEEK_MIN: Final = 10_080
"""The longest time without a message after which a thread is put away; a message brings it back."""
THREAD_ARCHIVE_MINUTES = (60, 1_440, 4_320, THREAD_WEEK_MIN)
"""After so long without a message a thread may be archived; no other value is taken."""
FORUM_POST_TAGS = 5
GUILD_NAME_CHARS = 100
NICKNAME_CHARS = 32
AUDIT_REASON_CHARS = 512

# Polls. DOCS/resources/poll
POLL_QUESTION_CHARS = 300
POLL_ANSWER_CHARS = 55
"""The schema has 300 for both; Discord takes 55."""
POLL_ANSWERS = 10
POLL_HOURS = 768

# Server events. DOCS/resources/guild-scheduled-event
EVENT_NAME_CHARS = 100
EVENT_PLACE_CHARS = 100

# Interactions. DOCS/interactions/receiving-and-responding#followup-messages
ACK_S = 3.0
"""Seconds until an interaction must have its first response."""
TOKEN_S = 15 * 60
"""Seconds that an interaction can be answered at all."""
TOKEN_SAFE_S = 14 * 60
"""Our own limit: later answers go to the channel, since a slow request may outlive the token."""
USER_INSTALL_FOLLOWUPS = 5
"""Where the application is not in the server."""

# Rates. DOCS/topics/rate-limits
REQUESTS_PER_S = 50
INVALID_REQUESTS_PER_10_MIN = 10_000
"""401, 403 and 429 together; more get the address banned for a while."""
EDIT_PACE_S = 1.2
"""Our own: seconds between two edits of a message. Five in five seconds is what a channel was seen to take."""
