"""The shop that the page tests visit."""

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from goodfor.kernel.tests.snapshot import start_from
from goodfor.storefront import sending, sold_out
from goodfor.storefront.crowd import Pace
from goodfor.storefront.tests.account_flow import Mailbox, install
from goodfor.storefront.tests.factories import make_world
from goodfor.storefront.tests.world import World
from goodfor.vault.operations.import_file import import_file
from goodfor.vault.types import ImportOptions


def load_codes(shop_id: UUID, sku_id: UUID, codes: Sequence[str], now: datetime) -> None:
    """Through the vault's import."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "codes.txt"
        path.write_text("\n".join(codes), encoding="utf-8")
        options = ImportOptions(currency="CNY", unit_cost_minor=100)
        done = import_file(shop_id=shop_id, sku_id=sku_id, path=path, options=options, actor="test", now=now)
    assert done.batch.counts.accepted == len(codes)


@pytest.fixture(autouse=True)
def rested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody was let into a flash sale before."""
    monkeypatch.setattr(sold_out, "pace", Pace())


@pytest.fixture
def world(transactional_db: None) -> World:
    """A demo shop with goods on sale, codes in the vault, and orders in several states."""
    return start_from("storefront", lambda: make_world(load_codes))


@pytest.fixture
def box() -> Iterator[Mailbox]:
    """One-time codes come here instead of to people."""
    yield install()
    sending.install(None)
