"""Seminar in Discord: the shell around :mod:`rag`."""
