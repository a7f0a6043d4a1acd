"""A stall for each cell: one listener and one set of stand-ins for all of them."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from goodfor.supply.operations import sync
from goodfor.supply.tests.conftest import broken_truths
from goodfor.supply.tests.market import told_time
from goodfor.supply.tests.scenarios.listener import Listener, listening
from goodfor.supply.tests.scenarios.stall import Stall, stall


@pytest.fixture(scope="package")
def ear() -> Iterator[Listener]:
    """Where the stand-ins call."""
    with listening(told_time) as made:
        yield made


@pytest.fixture
def booth(
    transactional_db: None, ear: Listener, protocol: str, number: int, settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stall]:  # fmt: skip
    """A shop with two suppliers of the protocol; afterwards the books agree and the truths of buying hold."""
    settings.GOODFOR_PUBLIC_URL = ear.url
    # Nobody waits for a place in the pace of a catalogue: that is seen to elsewhere.
    monkeypatch.setattr(sync, "_waited", lambda *_: True)
    ear.heard.clear()
    with stall(protocol, number, ear) as made:
        yield made
    assert broken_truths() == []
