"""The group's discussions: notes in and out."""
