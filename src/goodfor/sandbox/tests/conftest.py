"""A running gateway for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from goodfor.sandbox.server import RunningGateway, running_gateway
from goodfor.sandbox.tests.helpers import Merchant

QUICK = (0.0, 0.02, 0.02, 0.02)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[RunningGateway]:
    with running_gateway(tmp_path / "books", retry_seconds=QUICK, notify_timeout=2.0) as running:
        yield running


@pytest.fixture
def shop(gate: RunningGateway) -> Merchant:
    return Merchant(gate)
