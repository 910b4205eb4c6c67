"""Servers: joined, left, set up, and which of them the command line acts for."""

from __future__ import annotations

import json
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from rag.domain.server import ServerSettings
from rag.errors import SeveralServers
from rag.record.servers import LOCAL
from rag.study import Study
from tests.conftest import NOW
from tests.record.groups import (
    DISCUSSION,
    FIRST,
    SECOND,
    SETTINGS,
    Clock,
    servers_of,
)


def test_an_unknown_server_begins_with_the_defaults(words_only: Study) -> None:
    server = words_only.servers.server(FIRST)
    assert (server.joined_at, server.left_at, server.settings) == (None, None, ServerSettings())
    assert words_only.servers.present() == ()


def test_the_first_join_is_told_from_every_later_one(words_only: Study, clock: Clock) -> None:
    servers = servers_of(words_only, clock)
    assert servers.joined(FIRST, "Readers").first_time
    clock.now = NOW + timedelta(days=1)
    assert not servers.joined(FIRST, "Readers, renamed").first_time
    server = servers.server(FIRST)
    assert (server.name, server.joined_at, server.left_at) == ("Readers, renamed", NOW, None)
    servers.left(FIRST)
    servers.left(FIRST)
    clock.now = NOW + timedelta(days=2)
    assert not servers.joined(FIRST, "Readers").first_time
    assert (servers.server(FIRST).joined_at, servers.server(FIRST).left_at) == (clock.now, None)


def test_what_a_server_set_is_its_own_and_outlives_leaving(words_only: Study) -> None:
    servers = words_only.servers
    servers.save_settings(SECOND, SETTINGS)  # before its join was noted
    assert servers.present() == ()
    assert servers.joined(SECOND, "Others").first_time
    servers.joined(FIRST, "Readers")
    assert servers.server(SECOND).settings == SETTINGS
    assert servers.server(FIRST).settings == ServerSettings()
    servers.left(SECOND)
    assert [server.guild for server in servers.present()] == [FIRST]
    servers.joined(SECOND, "Others")
    assert servers.server(SECOND).settings == SETTINGS
    assert [server.guild for server in servers.present()] == [FIRST, SECOND]


def test_settings_kept_before_a_setting_was_invented_still_load(words_only: Study) -> None:
    words_only.servers.joined(FIRST, "Readers")
    with sqlite3.connect(words_only.directory.path / "seminar.db") as connection:
        connection.execute("update servers set settings = ?", (json.dumps({"channels": ["6"]}),))
    connection.close()
    assert words_only.servers.server(FIRST).settings == ServerSettings(channels=("6",))


def test_the_command_line_acts_for_the_only_server_known(words_only: Study, tmp_path: Path) -> None:
    study = words_only
    assert study.guild() == LOCAL
    assert study.guild("any word") == "any word"
    study.servers.joined(FIRST, "Readers")
    assert study.guild() == FIRST
    assert study.guild("readers") == study.guild(FIRST) == FIRST
    assert (study.guild(LOCAL), study.guild("333")) == (LOCAL, "333")
    study.servers.joined(SECOND, "Others")
    with pytest.raises(SeveralServers) as caught:
        study.guild()
    assert caught.value.choices == ((FIRST, "Readers"), (SECOND, "Others"))
    study.servers.left(SECOND)
    assert study.guild() == FIRST
    study.import_notes(SECOND, DISCUSSION, search_arxiv=False)
    with pytest.raises(SeveralServers):
        study.guild()  # a left one counts while it has something
    study.servers.erase(SECOND)
    assert study.guild() == FIRST
    study.servers.left(FIRST)
    assert study.guild() == LOCAL
