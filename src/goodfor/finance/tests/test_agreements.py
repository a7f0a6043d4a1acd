"""Agreements changed, dated back and refunded across the change: nobody is paid twice, and every line is explained."""

import json
from datetime import timedelta
from typing import Any

import pytest

from goodfor.finance import queries
from goodfor.finance.sold_models import Backdate
from goodfor.finance.tests.conftest import Scene
from goodfor.finance.tests.world import counts, rebook
from goodfor.finance.types import Terms
from goodfor.ledger import queries as ledger
from goodfor.orders.tests.factories import PRICE, sql

pytestmark = pytest.mark.django_db(transaction=True)
LI = "2206:distributor:li"
TENTH, FIFTH = Terms("percent", bp=1000), Terms("percent", bp=2000)


def shares(scene: Scene, order: Any) -> list[tuple[int, int, int, bool]]:
    found = queries.shares_of_order(scene.shop_id, order.id)
    return [(one.version, one.amount_minor, one.reversed_minor, one.superseded) for one in found]


def test_a_later_version_holds_from_its_time_on(scene: Scene) -> None:
    party = scene.party()
    scene.agree(party, TENTH)
    before = scene.buy()
    later = scene.now + timedelta(seconds=5)
    scene.agree(party, FIFTH, since=later, at=scene.now)
    after = type(scene)(scene.shop, later + timedelta(seconds=1)).buy()
    scene.follow()
    assert shares(scene, before) == [(1, 485, 0, False)]
    assert shares(scene, after) == [(2, 970, 0, False)]
    assert not Backdate.objects.filter(shop_id=scene.shop_id).exists()
    assert queries.party(scene.shop_id, party.id).frozen_until is None


def test_what_one_person_dates_back_is_not_paid_before_others_could_see_it(scene: Scene) -> None:
    party = scene.party()
    scene.agree(party, TENTH, at=scene.now)
    assert queries.party(scene.shop_id, party.id).frozen_until == scene.now + timedelta(hours=24)


def test_changed_dated_back_and_refunded_across_the_change(scene: Scene) -> None:
    party = scene.party()
    scene.agree(party, TENTH)
    whole, parted, gone, late = (scene.buy() for _ in range(4))
    scene.part(parted, 1000)
    scene.refund(gone)
    scene.follow()
    assert scene.booked(LI) == 485 + 385 + 0 + 485
    version = scene.agree(party, FIFTH, since=scene.now - timedelta(days=1), at=scene.now + timedelta(seconds=1))
    scene.part(late, 1000)  # Refunded after the change was agreed on, followed before it is reckoned anew.
    scene.follow()
    assert rebook(scene.shop_id, version.id, scene.now) == 4
    assert scene.booked(LI) == 970 + (970 - 200) + 0 + (970 - 200)
    assert shares(scene, whole) == [(1, 485, 485, True), (2, 970, 0, False)]
    assert shares(scene, parted) == [(1, 485, 485, True), (2, 970, 200, False)]
    assert shares(scene, gone) == [(1, 485, 485, True), (2, 970, 970, False)]
    # Again, and once more by a cursor that is put back: nothing more is booked.
    before = counts()
    assert rebook(scene.shop_id, version.id, scene.now) == 0
    sql("UPDATE finance_backdate SET done_at = NULL, after_at = NULL, after_line = NULL")
    assert rebook(scene.shop_id, version.id, scene.now) == 4
    assert counts() == before
    for order in (whole, parted, late):
        scene.refund(order)
    assert not scene.faults()
    assert (scene.booked(LI), scene.booked("6601:commission")) == (0, 0)


def test_the_difference_explains_itself(scene: Scene) -> None:
    party = scene.party()
    scene.agree(party, TENTH)
    order = scene.buy()
    scene.part(order, 1000)
    scene.follow()
    version = scene.agree(party, FIFTH, since=scene.now - timedelta(days=1), at=scene.now + timedelta(seconds=1))
    rebook(scene.shop_id, version.id, scene.now)
    line = order.lines[0].line_id
    [named] = ledger.transactions_named(scene.shop_id, [f"reshare:{line}:{version.id}"])
    assert ledger.transaction(scene.shop_id, named.id).kind == "finance.reshared"
    [(told,)] = sql("SELECT metadata::text::jsonb FROM ledger_tx WHERE id = %s", [named.id])
    told = told if isinstance(told, dict) else json.loads(told)
    assert {key: told[key] for key in ("agreement", "was", "was_back", "now", "now_back", "was_version", "of")} == {
        "agreement": "li", "was": 485, "was_back": 100, "now": 970, "now_back": 200, "was_version": 1, "of": 2,
    }  # fmt: skip
    assert scene.booked(LI) == 770
    scene.follow()
    assert scene.row(order)["share_minor"] == 770


def test_a_new_agreement_dated_back_is_paid_for_what_was_sold_before(scene: Scene) -> None:
    orders = [scene.buy() for _ in range(3)]
    scene.part(orders[2], 1000)
    scene.follow()
    party, yesterday = scene.party(), scene.now - timedelta(days=1)
    version = scene.agree(party, TENTH, since=yesterday, at=scene.now + timedelta(seconds=1))
    assert rebook(scene.shop_id, version.id, scene.now) == 3
    assert scene.booked(LI) == 485 + 485 + 385
    assert sql("SELECT units, base_minor, shared_minor FROM finance_volume") == [(3, 3 * PRICE, 3 * 485)]
    assert not scene.faults()


def test_ended_in_the_past_it_all_comes_back(scene: Scene) -> None:
    party = scene.party()
    scene.agree(party, TENTH)
    order = scene.buy()
    scene.follow()
    version = scene.agree(
        party, Terms("none"), since=scene.now - timedelta(days=1), at=scene.now + timedelta(seconds=1)
    )
    rebook(scene.shop_id, version.id, scene.now)
    assert scene.booked(LI) == 0
    assert shares(scene, order) == [(1, 485, 485, True), (2, 0, 0, False)]
    assert sql("SELECT shared_minor FROM finance_volume") == [(0,)]
    assert not scene.faults()


def test_what_is_delivered_before_and_followed_after_the_change_is_paid_once(scene: Scene) -> None:
    party = scene.party()
    scene.agree(party, TENTH)
    order = scene.buy()
    version = scene.agree(party, FIFTH, since=scene.now - timedelta(days=1), at=scene.now + timedelta(seconds=1))
    scene.follow()
    assert rebook(scene.shop_id, version.id, scene.now) == 1
    assert shares(scene, order) == [(2, 970, 0, False)]
    assert scene.booked(LI) == 970
    assert not scene.faults()
