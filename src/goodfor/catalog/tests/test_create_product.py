"""Products: on a shelf of their own shop, with a name, one slug for each shop."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from goodfor.catalog.errors import InvalidOffer
from goodfor.catalog.operations import create_product
from goodfor.catalog.tests.factories import audited, category, product, refused, row

pytestmark = pytest.mark.django_db


def test_a_product_is_on_sale_as_it_was_described(now: datetime) -> None:
    shop = uuid4()
    shelf = category(shop)
    made = create_product(
        shop_id=shop, category_id=shelf, slug="xinghe", name=" 星河影视 ", summary="到账即开通",
        how_to_use="第一步\n第二步", validity_text="长期有效", position=7, actor="staff:a", now=now,
    )  # fmt: skip
    kept = row("catalog_product", made)
    # What search reads is written by the database.
    assert kept.pop("search_name") == "星河影视"
    assert kept.pop("search_text").splitlines()[:2] == ["星河影视", "到账即开通"]
    assert {"星河", "河影", "影视"} < set(kept.pop("search_grams"))
    assert kept == {
        "id": made, "shop_id": shop, "category_id": shelf, "slug": "xinghe", "name": "星河影视",
        "summary": "到账即开通", "how_to_use": "第一步\n第二步", "validity_text": "长期有效", "image_name": "",
        "on_sale": True, "position": 7, "created_at": now, "scenes": [],
    }  # fmt: skip
    assert audited(made) == [(shop, "staff:a", "product_created", "product", "{}")]


def test_the_longest_that_is_allowed() -> None:
    shop = uuid4()
    made = product(
        shop, category(shop), slug="品" * 64, name="名" * 120, summary="s" * 300, how_to_use="h" * 20_000,
        validity_text="v" * 200,
    )  # fmt: skip
    assert len(row("catalog_product", made)["how_to_use"]) == 20_000


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": " 　\n"}, "name"),
        ({"name": "名" * 121}, "name"),
        ({"name": "a\x00"}, "name"),
        ({"summary": "s" * 301}, "summary"),
        ({"summary": "\x00"}, "summary"),
        ({"how_to_use": "h" * 20_001}, "how_to_use"),
        ({"how_to_use": "x\udfff"}, "how_to_use"),
        ({"validity_text": "v" * 201}, "validity_text"),
        ({"slug": ""}, "slug"),
        ({"slug": "a/b"}, "slug"),
        ({"slug": "x" * 65}, "slug"),
        ({"position": 2**31}, "position"),
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, Any], field: str) -> None:
    shop = uuid4()
    shelf = category(shop)
    with refused(InvalidOffer, field=field):
        product(shop, shelf, **values)


def test_a_slug_is_used_once_in_a_shop() -> None:
    shop, other = uuid4(), uuid4()
    first, second = category(shop), category(shop)
    product(shop, first, slug="star")
    with refused(InvalidOffer, field="slug", reason="taken"):
        product(shop, second, slug="star")
    assert row("catalog_product", product(other, category(other), slug="star"))["shop_id"] == other


def test_a_shelf_that_is_not_there_is_refused() -> None:
    with refused(InvalidOffer, field="category_id"):
        product(uuid4(), uuid4())
