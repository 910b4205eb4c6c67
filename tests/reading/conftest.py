"""A reader and a camera, each with one warm worker for the tests of a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rag.reading.camera import PageCamera
from rag.reading.pdf import PdfReader


@pytest.fixture(scope="module")
def reader() -> Iterator[PdfReader]:
    with PdfReader() as reader:
        yield reader


@pytest.fixture(scope="module")
def camera() -> Iterator[PageCamera]:
    with PageCamera() as camera:
        yield camera
