"""Bundles in the database: revisions, states, what a cart reads of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from goodfor.catalog.tests.factories import category, offer, product, sku
from goodfor.kernel.money import Money
from goodfor.kernel.statemachine import IllegalTransition
from goodfor.kernel.tenancy import platform_job
from goodfor.promotions import bundle_queries as queries
from goodfor.promotions.bundle_errors import (
    BundleChanged,
    BundleNotOnSale,
    BundleUnknown,
    InvalidBundle,
    InvalidPicks,
    SlugTaken,
)
from goodfor.promotions.bundle_models import Bundle, BundleRevision
from goodfor.promotions.operations.move_bundle import archive_bundle, place_bundle, put_on_sale, take_off_sale
from goodfor.promotions.operations.write_bundle import create_bundle, revise_bundle
from goodfor.promotions.types import FIXED, BundlePart, BundlePrice, BundleSpec, Wished

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


def goods(count: int = 3) -> tuple[UUID, list[UUID]]:
    made = offer()
    return made.shop_id, [made.sku_id, *(sku(made.shop_id, made.product_id) for _ in range(count - 1))]


def fixed(skus: list[UUID], **over: object) -> BundleSpec:
    parts = tuple(BundlePart(one, weight=n) for n, one in enumerate(skus, 1))
    return replace(BundleSpec("宅家娱乐能量包", FIXED, parts, BundlePrice(9900)), **over)  # type: ignore[arg-type]


def made(shop: UUID, spec: BundleSpec, slug: str = "home-fun") -> UUID:
    return create_bundle(shop_id=shop, slug=slug, spec=spec, actor="staff:1", now=NOW)


def sell(shop: UUID, bundle_id: UUID, seen: int = 1) -> None:
    put_on_sale(shop_id=shop, bundle_id=bundle_id, seen=seen, actor="staff:1", now=LATER)


def test_a_bundle_is_drafted_sold_revised_and_put_away() -> None:
    shop, skus = goods()
    bundle_id = made(shop, fixed(skus))
    assert queries.bundle(shop, bundle_id).state == "draft"
    assert queries.bundles(shop) == []
    with pytest.raises(BundleUnknown):
        queries.bundle_by_slug(shop, "home-fun")
    sell(shop, bundle_id)
    first = queries.bundle_by_slug(shop, "home-fun")
    assert (first.number, first.spec, first.newer) == (1, fixed(skus), False)
    dearer = fixed(skus, price=BundlePrice(10900))
    revise_bundle(shop_id=shop, bundle_id=bundle_id, spec=dearer, seen=1, actor="staff:2", now=LATER)
    on_sale = queries.bundle(shop, bundle_id)
    assert (on_sale.number, on_sale.spec.price, on_sale.newer) == (1, BundlePrice(9900), True)
    assert queries.newest(shop, bundle_id).spec == dearer
    sell(shop, bundle_id, seen=2)
    assert queries.bundle(shop, bundle_id).spec == dearer
    with pytest.raises(IllegalTransition):
        archive_bundle(shop_id=shop, bundle_id=bundle_id, actor="staff:1", now=LATER)
    take_off_sale(shop_id=shop, bundle_id=bundle_id, actor="staff:1", now=LATER)
    archive_bundle(shop_id=shop, bundle_id=bundle_id, actor="staff:1", now=LATER)
    assert queries.bundles(shop, on_sale=False) == []
    assert [number for _, number, _, _ in queries.revisions(shop, bundle_id)] == [2, 1]
    with pytest.raises(BundleUnknown):
        revise_bundle(shop_id=shop, bundle_id=bundle_id, spec=fixed(skus), seen=2, actor="staff:1", now=LATER)


def test_the_same_again_is_no_revision_and_what_was_not_seen_is_not_overwritten() -> None:
    shop, skus = goods()
    bundle_id = made(shop, fixed(skus))
    revise_bundle(shop_id=shop, bundle_id=bundle_id, spec=fixed(skus), seen=1, actor="staff:1", now=LATER)
    assert BundleRevision.objects.filter(shop_id=shop).count() == 1
    revise_bundle(shop_id=shop, bundle_id=bundle_id, spec=fixed(skus, title="二"), seen=1, actor="staff:1", now=LATER)
    with pytest.raises(BundleChanged):
        revise_bundle(
            shop_id=shop, bundle_id=bundle_id, spec=fixed(skus, title="三"), seen=1, actor="staff:1", now=LATER
        )
    with pytest.raises(BundleChanged):
        sell(shop, bundle_id, seen=1)
    assert queries.newest(shop, bundle_id).spec.title == "二"
    assert queries.bundle(shop, bundle_id).state == "draft"


def test_what_is_no_good_is_refused_and_nothing_is_kept() -> None:
    shop, skus = goods()
    other, foreign = goods()
    for spec in (fixed([*skus, foreign[0]]), fixed([*skus, uuid4()]), fixed(skus, title="")):
        with pytest.raises(InvalidBundle):
            made(shop, spec)
    for slug in ("", "Home", "a b", "-a", "x" * 65):
        with pytest.raises(InvalidBundle):
            made(shop, fixed(skus), slug)
    assert Bundle.objects.filter(shop_id=shop).count() == 0
    bundle_id = made(shop, fixed(skus))
    with pytest.raises(SlugTaken):
        made(shop, fixed(skus))
    assert Bundle.objects.filter(shop_id=shop).count() == 1
    for act in (queries.bundle, queries.newest):
        with pytest.raises(BundleUnknown):
            act(other, bundle_id)
    with pytest.raises(BundleUnknown):
        sell(other, bundle_id)
    assert queries.bundle(shop, bundle_id).state == "draft"


def test_two_currencies_make_no_bundle() -> None:
    shop, skus = goods(1)
    from_abroad = sku(shop, product(shop, category(shop)), price=Money(100, "USD"))
    with pytest.raises(InvalidBundle):
        made(shop, fixed([*skus, from_abroad]))


def test_a_top_up_is_no_part() -> None:
    shop, skus = goods(1)
    top_up = sku(shop, product(shop, category(shop)), delivery_kind="direct")
    with pytest.raises(InvalidBundle):
        made(shop, fixed([*skus, top_up]))
    assert Bundle.objects.filter(shop_id=shop).count() == 0


@pytest.mark.parametrize(
    "sql", ["UPDATE promotions_bundle_revision SET number = 9", "DELETE FROM promotions_bundle_revision"]
)
def test_a_revision_never_changes(sql: str) -> None:
    shop, skus = goods()
    made(shop, fixed(skus))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor, platform_job("test"):
        cursor.execute(sql)
    assert BundleRevision.objects.filter(shop_id=shop, number=1).count() == 1


def test_a_cart_reads_the_bundles_that_its_lines_are() -> None:
    shop, skus = goods()
    bundle_id = made(shop, fixed(skus))
    lines = [Wished(bundle_id, one, 2) for one in skus]
    with pytest.raises(BundleNotOnSale):
        queries.in_cart(shop, lines)
    sell(shop, bundle_id)
    [found] = queries.in_cart(shop, lines)
    assert (found.cart.instance, found.cart.sets) == (bundle_id, 2)
    assert found.cart.revision_id == found.live.revision_id == queries.bundle(shop, bundle_id).revision_id
    assert found.live.spec.effect == BundlePrice(9900)
    assert found.weights == dict(zip(skus, (1, 2, 3), strict=True))
    assert queries.in_cart(shop, []) == ()
    with pytest.raises(InvalidPicks):
        queries.in_cart(shop, lines[:2])
    with pytest.raises(BundleNotOnSale):
        queries.in_cart(uuid4(), lines)
    view = queries.bundle(shop, bundle_id)
    assert queries.exploded(view, 2, {}).lines == tuple((one, 2) for one in skus)


def test_places_order_the_shelf() -> None:
    shop, skus = goods()
    ids = [made(shop, fixed(skus), f"b{n}") for n in range(3)]
    for bundle_id in ids:
        sell(shop, bundle_id)
    place_bundle(shop_id=shop, bundle_id=ids[0], position=5, actor="staff:1", now=LATER)
    assert [one.id for one in queries.bundles(shop)] == [ids[1], ids[2], ids[0]]
    assert [one.id for one in queries.bundles_by_id(shop, [ids[0], uuid4(), ids[2]])] == [ids[0], ids[2]]
