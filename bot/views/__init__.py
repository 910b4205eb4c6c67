"""Replies as Discord components, and presses on them, which outlive restarts."""
