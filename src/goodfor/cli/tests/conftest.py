"""Folders with short names: a unix socket must fit into them, and the server's own user must reach them."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short empty folder, removed afterwards."""
    path = Path(tempfile.mkdtemp(prefix="gf-cli-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)
