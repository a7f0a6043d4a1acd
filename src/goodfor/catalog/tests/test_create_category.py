"""Shelves: what they may be called, and one slug for each shop."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from goodfor.catalog.errors import InvalidOffer
from goodfor.catalog.operations import create_category
from goodfor.catalog.tests.factories import audited, category, everything, refused, row

pytestmark = pytest.mark.django_db


def test_a_shelf_is_put_up_and_written_down(now: datetime) -> None:
    shop = uuid4()
    made = create_category(shop_id=shop, slug="游戏-games_1", name="  游戏点卡 ", position=-3, actor="staff:a", now=now)
    assert row("catalog_category", made) == {
        "id": made, "shop_id": shop, "slug": "游戏-games_1", "name": "游戏点卡", "position": -3, "hidden": False,
    }  # fmt: skip
    assert audited(made) == [(shop, "staff:a", "category_created", "category", "{}")]
    assert {table: len(found) for table, found in everything().items() if found} == {
        "catalog_category": 1,
        "kernel_audit": 1,
    }


def test_the_longest_that_is_allowed() -> None:
    made = category(uuid4(), slug="s" * 64, name="名" * 64, position=2**31 - 1)
    assert row("catalog_category", made)["name"] == "名" * 64


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"slug": ""}, "slug"),
        ({"slug": "a/b"}, "slug"),
        ({"slug": "a b"}, "slug"),
        ({"slug": ".."}, "slug"),
        ({"slug": "a\n"}, "slug"),
        ({"slug": "a\x00"}, "slug"),
        ({"slug": "<b>"}, "slug"),
        ({"slug": "s" * 65}, "slug"),
        ({"name": ""}, "name"),
        ({"name": " \t　"}, "name"),
        ({"name": "名" * 65}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"name": "\ud800"}, "name"),
        ({"position": 2**31}, "position"),
        ({"position": -(2**63)}, "position"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], field: str) -> None:
    with refused(InvalidOffer, field=field):
        category(uuid4(), **values)


def test_a_slug_is_used_once_in_a_shop() -> None:
    shop, other = uuid4(), uuid4()
    category(shop, slug="games")
    with refused(InvalidOffer, field="slug", reason="taken"):
        category(shop, slug="games", name="又一个")
    # Another shop's shelf of the same name is another shelf, and the refusal broke nothing that comes after it.
    assert row("catalog_category", category(other, slug="games"))["shop_id"] == other
