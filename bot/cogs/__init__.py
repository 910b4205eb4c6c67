"""Commands: one file per noun that people type."""
