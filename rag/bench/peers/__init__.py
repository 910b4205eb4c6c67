"""Recipes of what a user would pick instead: scripts for environments of their own, run by path, never imported.

Each is called ``add STORE SMALL_PDF PDF...`` or ``ask STORE FILE_OF_QUESTIONS`` and prints an event as JSON a line:
``ready`` (models are loaded, the small PDF is in), ``paper`` with seconds by stage, ``answer`` with seconds, ``done``.
"""
