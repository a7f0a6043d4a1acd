"""The shop that the page tests visit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import pytest

from goodfor.storefront.tests.factories import make_world
from goodfor.storefront.tests.world import World


def load_codes(shop_id: UUID, sku_id: UUID, codes: Sequence[str], now: datetime) -> None:
    """Through the vault's import."""
    raise NotImplementedError("wire this to the vault's import operation")


@pytest.fixture
def world(transactional_db: None) -> World:
    """A demo shop with goods on sale, codes in the vault, and orders in several states."""
    return make_world(load_codes)
