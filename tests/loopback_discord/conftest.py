"""The loopback Discord, for the tests of itself."""

from tests.loopback.discord.fixtures import loopback

__all__ = ["loopback"]
