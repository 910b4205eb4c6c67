"""Seminar's core: papers, notes, evidence. Synchronous, and knows nothing of Discord."""

__version__ = "0.1.0"
