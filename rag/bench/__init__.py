"""Seminar beside what a user would pick instead: one run, interleaved rounds, medians and ratios."""
