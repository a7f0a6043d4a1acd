"""Two shops with everybody in them, for the suites of attacks."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from goodfor.config.tests.everybody import Sides, make_side
from goodfor.kernel.tests.snapshot import start_from
from goodfor.storefront import sending
from goodfor.storefront.tests.account_flow import Mailbox, install
from goodfor.storefront.views import orders as order_views


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """One-time codes come here instead of to people."""
    yield install()
    sending.install(None)


@pytest.fixture
def open_doors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look-ups without the doors before them: for suites that try more in a minute than anybody may."""
    entry = SimpleNamespace(answer=None, tell=lambda **_told: None)
    monkeypatch.setattr(order_views, "go_in", lambda *_asked, **_more: entry)


@pytest.fixture
def sides(transactional_db: None, box: Mailbox, settings: Any) -> Sides:
    """Shop a, whose things are wanted, and shop b."""
    settings.ALLOWED_HOSTS = ["a.example", "b.example", "testserver"]
    return start_from(
        "sides", lambda: Sides(make_side("aaa", "a.example", box, 10), make_side("bbb", "b.example", box, 20))
    )
