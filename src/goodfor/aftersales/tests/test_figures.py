"""The public figures: counted again from raw events, history and ledger they are the same; and they are signed."""

import base64
import json
from bisect import bisect_right
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from goodfor.aftersales import queries
from goodfor.aftersales.figure_models import FigureDay, FigureKey, FigureTurn
from goodfor.aftersales.figure_tasks import count_days
from goodfor.aftersales.figures import BOUNDS, PLACES, Count, added, next_count, quantile
from goodfor.aftersales.operations.compensate import compensate
from goodfor.aftersales.operations.decide_case import decide_case
from goodfor.aftersales.operations.pay_by_hand import pay_by_hand
from goodfor.aftersales.operations.set_promise import set_promise
from goodfor.aftersales.operations.set_reserve import BOOKS
from goodfor.aftersales.operations.withdraw import withdraw
from goodfor.aftersales.tasks import watch_deadlines
from goodfor.aftersales.tests.conftest import Scene
from goodfor.aftersales.types import Compensation, Terms
from goodfor.orders.deciding import decided_by
from goodfor.orders.operations import refund_order, release_delivery
from goodfor.orders.tests.factories import begin, pay, place, refund_all, relay_all, sql
from goodfor.orders.types import HoldOrder

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FINAL = ("refund", "replace", "reject", "void_refund")


def count_all(now: datetime) -> int:
    done = 0
    while found := count_days(now):
        done += found
    return done


# -- pure ---------------------------------------------------------------------------------------------


def test_counts_add_up_and_percentiles_come_from_bounds() -> None:
    one = Count(units=3, bad=1, speeds=(0, 2), decided=2, automatic=1, due=4, kept=3)
    two = Count(units=1, speeds=(1, 0, 5), grants=1, granted_minor=970)
    assert added([one, two]) == Count(4, 1, (1, 2, 5), (), 2, 1, 4, 3, 1, 970)
    assert added([]) == Count()
    assert quantile((), 0.5) is None
    assert quantile((0, 0, 0), 0.5) is None
    assert quantile((4,), 0.5) == 0.5
    assert quantile((0, 10), 1.0) == BOUNDS[1]
    assert quantile((0,) * len(BOUNDS) + (7,), 0.5) == BOUNDS[-1]


def test_old_days_are_counted_less_often(now: datetime) -> None:
    today = now.date()
    waits = [next_count(today - timedelta(days=age), today, now) for age in (0, 1, 2, 7, 8, 120, 121)]
    minutes = [None if at is None else round((at - now).total_seconds() / 60) for at in waits]
    assert minutes == [2, 2, 60, 60, 1440, 1440, None]


# -- recomputed ---------------------------------------------------------------------------------------


def varied(scene: Scene, now: datetime) -> None:
    """Two days with everything that a figure counts."""
    ten = Compensation(multiple=10, claim_cap_minor=100_000, day_cap_minor=500_000, way="hand")
    set_promise(shop_id=scene.shop_id, scope="shop", scope_id=None, terms=Terms(compensation=ten), actor="t", now=now)
    first = now + HOUR
    scene.claim(scene.sell(first, ref="guest:a"), first, "changed_mind")
    refund_all(first + timedelta(seconds=17))
    part = scene.sell(first, 2, ref="guest:b")
    scene.claim(part, first, "changed_mind", code_ids=scene.codes(part)[:1])
    refund_all(first + timedelta(seconds=2))
    bad = scene.sell(first, ref="guest:c")
    scene.see(bad, first)
    scene.bought(bad, first)
    replaced = scene.answers(scene.claim(bad, first), "invalid", first + MINUTE)
    assert replaced.action == "replace"
    given = compensate(shop_id=scene.shop_id, case_id=replaced.id, now=first + MINUTE)
    assert given is not None
    pay_by_hand(
        shop_id=scene.shop_id, grant_id=given.id, reference="T1", actor="staff:a", now=first + 30 * HOUR
    )  # fmt: skip
    second = first + 24 * HOUR
    taken = scene.sell(second, ref="guest:d")
    withdraw(shop_id=scene.shop_id, case_id=scene.claim(taken, second, fresh=False).id, actor="guest:x", now=second)
    late = scene.claim(scene.sell(second, ref="guest:e"), second, fresh=False)
    refused = scene.claim(scene.sell(second, ref="guest:f"), second, fresh=False)
    for case, action, at in ((refused, "reject", second + 10 * MINUTE), (late, "refund", second + 40 * HOUR)):
        watch_deadlines(at)
        by = decided_by("staff:a", by_staff=True, proven=True)
        decide_case(
            shop_id=scene.shop_id, case_id=case.id, action=action, note="x", proven=action == "refund",
            actor="staff:a", by=by, now=at,
        )  # fmt: skip
    whole = scene.sell(second, ref="guest:g")
    refund_order(shop_id=scene.shop_id, order_id=whole.id, reason="x", actor="staff:a", now=second + MINUTE)
    refund_all(second + 41 * HOUR)
    relay_all(second + 41 * HOUR)


class Raw:
    """What the events, the history and the ledger say, counted in the plainest way."""

    def __init__(self, shop_id: UUID) -> None:
        self.shop_id = shop_id
        found = sql("SELECT name, payload, occurred_at FROM kernel_event WHERE shop_id = %s ORDER BY id", [shop_id])
        self.events: list[tuple[str, dict[str, Any], datetime]] = [
            (name, json.loads(payload) if isinstance(payload, str) else payload, at) for name, payload, at in found
        ]

    def named(self, name: str) -> list[tuple[dict[str, Any], datetime]]:
        return [(told, at) for named, told, at in self.events if named == name]

    def moved(self, subject: str, to: str) -> datetime:
        (found,) = sql(
            "SELECT max(at) FROM kernel_history WHERE shop_id = %s AND subject_id = %s AND to_state = %s",
            [self.shop_id, subject, to],
        )[0]
        assert isinstance(found, datetime)
        return found

    def count(self) -> Count:
        last = {told["case_id"]: told for told, _at in self.named("aftersales.case_decided")}
        closed = {told["claim_id"]: told["state"] for told, _at in self.named("orders.claim_closed")}
        opened = {told["claim_id"]: told for told, _at in self.named("orders.claim_opened")}
        delivered = [told for told, _at in self.named("orders.order_delivered")]
        speeds, backs = [0] * PLACES, [0] * PLACES
        for told in delivered:
            took = self.moved(told["order_id"], "delivered") - self.moved(told["order_id"], "paid")
            speeds[bisect_right(BOUNDS, took.total_seconds())] += 1
        for told, at in self.named("orders.order_refunded"):
            backs[bisect_right(BOUNDS, (at - self.moved(told["order_id"], "refunding")).total_seconds())] += 1
        for told, at in self.named("orders.order_partly_refunded"):
            (asked,) = sql("SELECT min(at) FROM kernel_history WHERE subject_id = %s", [told["refund_id"]])[0]
            backs[bisect_right(BOUNDS, (at - asked).total_seconds())] += 1
        decided = {case: told for case, told in last.items() if told["action"] in FINAL}
        missed = Counter(
            told["what"] for told, _at in self.named("aftersales.deadline_missed") if told["case_id"] in opened
        )
        # Whoever was owed something and has it now.
        paid = sql(
            "SELECT coalesce(sum(p.amount_minor), 0) FROM ledger_posting p JOIN ledger_account a ON a.id = p.account_id"
            " WHERE a.shop_id = %s AND a.code = '2205:compensation' AND p.amount_minor > 0", [self.shop_id],
        )[0][0]  # fmt: skip
        return Count(
            units=sum(told["quantity"] for told in delivered)
            + sum(opened[claim]["codes"] for claim, state in closed.items() if state == "replaced"),
            bad=sum(told["units"] for told in decided.values() if told["proven"]),
            speeds=tuple(speeds), backs=tuple(backs), decided=len(decided),
            automatic=sum(told["automatic"] for told in decided.values()), due=2 * len(decided),
            kept=2 * len(decided) - missed["late_answer"] - missed["late_decision"],
            grants=len(self.named("aftersales.grant_paid")), granted_minor=int(paid),
        )  # fmt: skip


def test_the_same_from_raw_events(scene: Scene, now: datetime) -> None:
    varied(scene, now)
    at = now + 72 * HOUR
    assert count_all(at) == 90
    raw, shop_id = Raw(scene.shop_id).count(), scene.shop_id
    whole = queries.shop_figures(shop_id, at)
    assert whole.count == raw
    # Everything is in it, so that nothing is equal because it is nothing.
    assert raw.units > 8
    assert (raw.bad, raw.decided, raw.automatic, raw.due, raw.kept) == (2, 5, 3, 10, 8)
    assert (raw.grants, sum(raw.backs)) == (1, 4)
    assert raw.granted_minor > 0
    assert (whole.scope_id, whole.counted_at, whole.days) == (shop_id, at, 30)
    assert queries.sku_figures(shop_id, scene.shop.sku_id, at).count == raw
    [category] = queries.category_figures(shop_id, at)
    assert category.count == raw
    assert queries.shop_figures(shop_id, at, 90).count == raw
    days = FigureDay.objects.filter(shop_id=shop_id, scope="shop")
    assert days.count() >= 3, "placed, refunded and paid on different days"
    before = list(days.order_by("day").values())
    FigureTurn.objects.filter(shop_id=shop_id).update(due_at=at)
    assert count_all(at) == 90
    assert list(days.order_by("day").values()) == before, "the same again changes nothing"


def test_what_comes_later_is_counted_where_it_belongs(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    count_all(now)
    assert queries.shop_figures(scene.shop_id, now).valid_rate == 1.0
    scene.see(order, now)
    scene.bought(order, now)
    scene.answers(scene.claim(order, now), "invalid", now)
    later = now + timedelta(days=40)
    assert count_all(later) > 0
    day = FigureDay.objects.get(shop_id=scene.shop_id, scope="shop", day=now.astimezone(BOOKS).date())
    assert (day.units, day.bad) == (2, 1)
    assert queries.shop_figures(scene.shop_id, later).valid_rate is None, "none of the last thirty days"
    assert queries.shop_figures(scene.shop_id, later, 90).valid_rate == 0.5


def test_a_wait_on_purpose_is_no_speed_of_delivery(scene: Scene, now: datetime) -> None:
    scene.sell(now, ref="guest:a")
    held = place(scene.shop, now, ref="guest:b", hold=HoldOrder(None, HOUR))
    pay(begin(scene.till, held.order_id, now), now)
    release_delivery(shop_id=scene.shop_id, order_id=held.order_id, actor="staff:1", cause="staff", now=now + HOUR)
    count_all(now + HOUR + 3 * MINUTE)
    found = queries.shop_figures(scene.shop_id, now + HOUR + 3 * MINUTE)
    assert (found.count.units, found.delivered, found.count.speeds[0]) == (2, 1, 1)


def test_a_shop_that_sold_nothing_has_no_figures(scene: Scene, now: datetime) -> None:
    assert count_all(now) == 0
    assert queries.signed_figures(scene.shop_id, now) is None
    found = queries.shop_figures(scene.shop_id, now)
    assert (found.valid_rate, found.delivered_p50, found.refund_p95, found.kept_rate) == (None, None, None, None)
    assert found.until == now.astimezone(BOOKS).date() != date.min


# -- signed -------------------------------------------------------------------------------------------


def test_others_can_verify_them(scene: Scene, now: datetime) -> None:
    scene.sell(now)
    count_all(now)
    signed = json.loads(json.dumps(queries.signed_figures(scene.shop_id, now)))
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signed["signature"]["public_key"]))
    mark = base64.b64decode(signed["signature"]["value"])

    def said(figures: Any) -> bytes:
        return json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    key.verify(mark, said(signed["figures"]))
    assert signed["figures"]["windows"][0]["shop"]["units"] == 1
    signed["figures"]["windows"][0]["shop"]["units"] = 2
    with pytest.raises(InvalidSignature):
        key.verify(mark, said(signed["figures"]))
    count_all(now + HOUR)
    kept = FigureKey.objects.get(shop_id=scene.shop_id)
    assert bytes(kept.public_key) == base64.b64decode(signed["signature"]["public_key"]), "the key stays"
    assert not scene.faults(now)
