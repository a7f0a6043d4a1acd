"""Running channels for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from goodfor.sandbox.channels.server import RunningChannels, running_channels

QUICK = (0.0, 0.02, 0.02, 0.02)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningChannels]:
    with running_channels(tmp_path / "books", retry_seconds=QUICK, notify_timeout=2.0) as running:
        yield running
