"""Aids for reading a paper: the group's template filled from it, and cards to learn from. Every line is a quote's."""
