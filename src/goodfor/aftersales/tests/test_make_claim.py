"""A claim from the tap to its end: by the table, with the supplier's word, once, and after a kill."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from goodfor.aftersales import clocks, queries, states
from goodfor.aftersales.errors import CaseNotFound
from goodfor.aftersales.models import Case, Decision
from goodfor.aftersales.operations import carry_out as carrying
from goodfor.aftersales.operations import examine as examining
from goodfor.aftersales.operations import make_claim as making
from goodfor.aftersales.operations.answer import answer
from goodfor.aftersales.operations.examine import examine
from goodfor.aftersales.operations.hear_claim import hear_replacement_failed
from goodfor.aftersales.operations.make_claim import make_claim
from goodfor.aftersales.queries import pictures_of
from goodfor.aftersales.tasks import take_steps
from goodfor.aftersales.tests.conftest import Scene
from goodfor.catalog.tests.pictures import encoded, noise
from goodfor.delivery.models import TopUp
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.errors import DomainError
from goodfor.orders import queries as orders
from goodfor.orders.errors import InvalidClaim, OrderNotFound
from goodfor.orders.operations import refund_order
from goodfor.orders.tests.factories import PRICE, refund_all, relay_all, sql, state_of, stock, together
from goodfor.payments.errors import PaymentDisputed
from goodfor.promotions.tests.factories import EVERYTHING, run, window
from goodfor.promotions.types import ORDER, Gift, Spec

MINUTE = timedelta(minutes=1)
PICTURE = encoded(noise(), "PNG")


def test_an_unseen_code_is_refunded_at_the_tap(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    case = scene.claim(order, now, "changed_mind")
    assert (case.state, case.action, case.why, case.by, case.claim_state) == (
        "closed", "refund", "unseen", "system", "refunded",
    )  # fmt: skip
    assert (case.automatic, case.units, case.amount.amount_minor) == (True, 1, PRICE)
    assert case.answered_at == case.decided_at == case.closed_at == now
    assert state_of(scene.shop, order.id) == "refunding"
    assert stock(scene.shop) == (20, 0, 0)
    refund_all(now)
    assert state_of(scene.shop, order.id) == "refunded"
    assert scene.decided(case) == [("system", "refund", "unseen")]
    assert "原路退回" in queries.why_words(scene.shop_id, case.id)
    assert scene.told("aftersales.case_decided") == 1
    assert scene.faults(now) == {}


def test_where_a_gift_would_stay_a_person_looks(scene: Scene, now: datetime) -> None:
    shop = identity.shop_by_id(scene.shop_id)
    gift = Spec("gift", ORDER, window(now), EVERYTHING, Gift(scene.shop.sku_id, 1, PRICE))
    run(shop, gift, make_staff(shop, now).actor, now)
    order = scene.sell(now, 2)
    codes = orders.claim_offer(scene.shop_id, order, order.lines[0].line_id).codes
    case = scene.claim(order, now, "changed_mind", code_ids=codes[:1])
    assert (case.state, case.why, case.action) == ("person", "check_person", "")
    assert stock(scene.shop) == (17, 0, 3)
    # With all that earned it the gift goes back, too: nobody has looked at it.
    case = scene.claim(scene.sell(now, ref="guest:b"), now, "changed_mind")
    assert (case.state, case.action, case.why) == ("closed", "refund", "unseen")
    assert stock(scene.shop) == (17, 0, 3)
    assert scene.faults(now) == {}


def test_without_a_fresh_proof_a_person_looks(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    case = scene.claim(order, now, fresh=False)
    assert (case.state, case.why, case.action, case.answered_at) == ("person", "check_person", "", None)
    assert stock(scene.shop) == (19, 0, 1)
    assert state_of(scene.shop, order.id) == "delivered"


@pytest.mark.parametrize("said", ["invalid", "expired", "voided"])
def test_what_the_supplier_calls_bad_is_replaced_at_once(scene: Scene, now: datetime, said: str) -> None:
    order = scene.sell(now)
    scene.see(order, now)
    [bad] = scene.codes(order)
    supplier = scene.bought(order, now)
    case = scene.claim(order, now)
    assert (case.state, case.why, case.supplier_id, case.answered_at) == ("checking", "asking", supplier, None)
    assert len(scene.asked(case)) == 1
    after = scene.answers(case, said, now + MINUTE)
    assert (after.state, after.action, after.why, after.claim_state) == (
        "closed",
        "replace",
        "bad_replaced",
        "replaced",
    )
    [new] = scene.codes(order)
    assert new != bad
    assert Case.objects.get(shop_id=scene.shop_id, id=case.id).proven
    assert scene.decided(case) == [("system", "ask_supplier", "asking"), ("system", "replace", "bad_replaced")]
    assert sql("SELECT count(*) FROM payments_refund") == [(0,)]
    assert scene.faults(now + MINUTE) == {}


def test_nothing_to_replace_it_with_gives_the_money(scene: Scene, now: datetime) -> None:
    order = scene.sell(now, 2)
    for name in "bcdefghij":
        scene.sell(now, 2, ref=f"guest:{name}")
    assert stock(scene.shop)[0] == 0
    scene.see(order, now)
    scene.bought(order, now)
    first = scene.codes(order)[0]
    case = scene.claim(order, now, code_ids=[first])
    after = scene.answers(case, "invalid", now)
    assert (after.action, after.why, after.claim_state) == ("refund", "bad_refunded", "refunded")
    refund_all(now + MINUTE)
    assert sql("SELECT refunded_minor, state FROM orders_order WHERE id = %s", [order.id]) == [(PRICE, "delivered")]
    assert scene.faults(now + MINUTE) == {}


def test_what_cannot_be_bought_in_its_place_is_refunded(
    scene: Scene, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = scene.sell(now)
    scene.see(order, now)
    scene.bought(order, now)
    case = scene.claim(order, now)
    monkeypatch.setattr(carrying, "replace_claim", lambda **_: "replacing")
    waiting = scene.answers(case, "invalid", now)
    assert (waiting.state, waiting.action, waiting.why) == ("carrying", "replace", "bad_replaced")
    assert take_steps(now + 2 * clocks.SUPPLIER_WAIT) == 1
    hear_replacement_failed(shop_id=scene.shop_id, claim_id=case.id, now=now + MINUTE)
    hear_replacement_failed(shop_id=scene.shop_id, claim_id=case.id, now=now + MINUTE)
    after = scene.case(case)
    assert (after.state, after.action, after.why, after.claim_state) == (
        "closed", "refund", "replace_failed", "refunded",
    )  # fmt: skip
    assert Case.objects.get(shop_id=scene.shop_id, id=case.id).proven
    assert sql("SELECT count(*) FROM payments_refund") == [(1,)]
    assert scene.faults(now + MINUTE) == {}


def test_what_cannot_be_carried_out_goes_to_a_person(
    scene: Scene, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disputed(**_: Any) -> None:
        raise PaymentDisputed

    order = scene.sell(now)
    monkeypatch.setattr(carrying, "grant_refund", disputed)
    case = scene.claim(order, now)
    assert (case.state, case.action, case.why, case.claim_state) == ("person", "", "cannot_carry", "open")
    monkeypatch.undo()
    assert sql("SELECT count(*) FROM payments_refund") == [(0,)]
    assert scene.faults(now) == {}


@pytest.mark.parametrize("done", [False, True])
def test_a_top_up_is_judged_by_its_proof(scene: Scene, now: datetime, done: bool) -> None:
    order = scene.sell(now)
    line = order.lines[0].line_id
    sql("UPDATE orders_line SET kind = 'direct', account = '138****0000', topped = 1 WHERE id = %s", [line])
    if done:
        TopUp.objects.create(
            shop_id=scene.shop_id, holder_id=line, number="N1", supplier="甲", ref="T-77", units=1, done_at=now,
            noted_at=now,
        )  # fmt: skip
    case = scene.claim(order, now, "top_up_missing")
    if done:
        assert (case.action, case.why) == ("reject", "topped_up")
        assert "T-77" in queries.why_words(scene.shop_id, case.id)
    else:
        assert (case.action, case.why, case.claim_state) == ("refund", "not_topped", "refunded")


def test_used_is_judged_by_the_first_look(scene: Scene, now: datetime) -> None:
    early, late = scene.sell(now), scene.sell(now, ref="guest:b")
    for order in (early, late):
        scene.see(order, now)
        scene.bought(order, now)
    honest = scene.claim(early, now + MINUTE, "used")
    after = scene.answers(honest, "used", now + MINUTE, used_at=now - timedelta(hours=2))
    assert (after.action, after.why) == ("replace", "early_replaced")
    dishonest = scene.claim(late, now + MINUTE, "used")
    after = scene.answers(dishonest, "used", now + MINUTE, used_at=now + timedelta(seconds=30))
    assert (after.state, after.action, after.why, after.claim_state) == ("closed", "reject", "used_after", "rejected")
    words = queries.why_words(scene.shop_id, dishonest.id)
    assert "晚于你第一次查看的" in words
    assert "%" not in words
    assert sql("SELECT count(*) FROM payments_refund") == [(0,)]
    assert scene.faults(now + MINUTE) == {}


def test_an_unused_code_is_taken_back_before_the_money_goes(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    scene.see(order, now)
    scene.bought(order, now)
    case = scene.claim(order, now, "changed_mind")
    waiting = scene.answers(case, "unused", now + MINUTE)
    assert (waiting.state, waiting.action, waiting.why) == ("carrying", "", "mind_taking_back")
    assert sql("SELECT count(*) FROM payments_refund") == [(0,)]
    after = scene.answers(case, "voided", now + 2 * MINUTE, kind="void")
    assert (after.state, after.action, after.why, after.claim_state) == (
        "closed", "void_refund", "mind_taken_back", "refunded",
    )  # fmt: skip
    assert not Case.objects.get(shop_id=scene.shop_id, id=case.id).proven
    refund_all(now + 2 * MINUTE)
    assert state_of(scene.shop, order.id) == "refunded"
    assert scene.faults(now + 2 * MINUTE) == {}


def test_what_is_not_taken_back_is_decided_by_what_they_say_now(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    scene.see(order, now)
    scene.bought(order, now)
    case = scene.claim(order, now)
    scene.answers(case, "unused", now)
    after = scene.answers(case, "refused", now, kind="void")
    assert (after.state, after.action, after.why) == ("closed", "reject", "still_valid")
    assert scene.faults(now) == {}


def test_a_late_word_that_it_was_taken_back_gives_the_money_after_all(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    scene.see(order, now)
    scene.bought(order, now)
    case = scene.claim(order, now)
    scene.answers(case, "unused", now)
    # News is heard by the real clock, a moment after.
    later = now + clocks.SUPPLIER_WAIT + MINUTE
    assert take_steps(later) == 1
    after = scene.case(case)
    assert (after.state, after.action, after.why) == ("closed", "reject", "still_valid")
    late = scene.answers(case, "voided", later + MINUTE, kind="void")
    assert (late.state, late.action, late.why, late.claim_state) == (
        "closed", "void_refund", "voided_after_all", "refunded",
    )  # fmt: skip
    assert sql("SELECT count(*) FROM payments_refund") == [(1,)]
    assert scene.faults(later + MINUTE) == {}


def test_a_silent_supplier_is_not_waited_for_longer_than_promised(scene: Scene, now: datetime) -> None:
    buyer = f"buyer:{uuid4()}"
    scene.sell(now, ref=buyer)
    order = scene.sell(now, ref=buyer)
    scene.see(order, now)
    scene.bought(order, now)
    case = scene.claim(order, now)
    [due] = sql("SELECT next_at FROM aftersales_case")
    assert due[0] == now + clocks.SUPPLIER_WAIT
    assert take_steps(due[0] - timedelta(seconds=1)) == 0
    assert take_steps(due[0]) == 1
    after = scene.case(case)
    assert (after.state, after.action, after.why) == ("closed", "replace", "first_replaced")
    assert not Case.objects.get(shop_id=scene.shop_id, id=case.id).proven
    assert take_steps(due[0] + MINUTE) == 0
    # What it says afterwards changes nothing: the code has its remedy.
    late = scene.answers(case, "used", due[0] + MINUTE, used_at=now + MINUTE)
    assert (late.action, len(scene.decided(case))) == ("replace", 2)
    assert scene.faults(due[0] + MINUTE) == {}


def test_who_cannot_be_verified_is_asked_for_a_picture_then_believed_once(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    scene.see(order, now)
    case = scene.claim(order, now)
    assert (case.state, case.why, case.answered_at, case.paused_at) == ("asking", "need_picture", now, now)
    assert scene.told("aftersales.buyer_asked") == 1
    later = now + timedelta(hours=5)
    after = answer(shop_id=scene.shop_id, case_id=case.id, text="", pictures=[PICTURE], actor="guest:x", now=later)
    assert (after.state, after.action, after.why) == ("closed", "replace", "first_replaced")
    again = scene.sell(later)
    scene.see(again, later)
    second = scene.claim(again, later, pictures=[PICTURE])
    assert (second.state, second.why) == ("person", "check_person")
    assert [len(pictures_of(scene.shop_id, one.id)) for one in (case, second)] == [1, 1]
    assert scene.faults(later) == {}


def test_two_claims_of_an_order_are_refunded_one_after_the_other(scene: Scene, now: datetime) -> None:
    order = scene.sell(now, 3)
    first, second, third = scene.codes(order)
    one = scene.claim(order, now, "changed_mind", code_ids=[first])
    two = scene.claim(order, now, "changed_mind", code_ids=[second])
    assert (one.state, two.state, two.action) == ("closed", "carrying", "refund")
    assert take_steps(now + MINUTE) == 1
    assert scene.case(two).state == "carrying"
    refund_all(now + MINUTE)
    take_steps(now + 2 * MINUTE)
    assert (scene.case(two).state, scene.case(two).claim_state) == ("closed", "refunded")
    refund_all(now + 2 * MINUTE)
    assert sql("SELECT refunded_minor FROM orders_order WHERE id = %s", [order.id]) == [(2 * PRICE,)]
    assert scene.codes(order) == [third]
    assert [row[1] for row in scene.decided(two)] == ["refund"]
    assert scene.faults(now + 2 * MINUTE) == {}


def test_a_refund_of_the_whole_order_closes_its_cases(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    scene.see(order, now)
    scene.bought(order, now)
    case = scene.claim(order, now)
    refund_order(shop_id=scene.shop_id, order_id=order.id, reason="r", actor="staff:1", by_staff=True, now=now)
    relay_all(now)
    after = scene.case(case)
    assert (after.state, after.action, after.why, after.by) == ("closed", "refund", "closed_refunded", "order")
    assert scene.faults(now) == {}


@pytest.mark.parametrize(
    ("change", "error"),
    [({"reason": "greed"}, InvalidClaim), ({"line_id": uuid4()}, InvalidClaim), ({"code_ids": [uuid4()]}, InvalidClaim),
     ({"order_id": uuid4()}, OrderNotFound), ({"shop_id": uuid4()}, OrderNotFound),
     ({"text": "x" * 501}, InvalidClaim)],
)  # fmt: skip
def test_what_is_no_claim_leaves_no_case(
    scene: Scene, now: datetime, change: dict[str, Any], error: type[DomainError]
) -> None:
    order = scene.sell(now)
    asked = {"shop_id": scene.shop_id, "order_id": order.id, "line_id": order.lines[0].line_id, "reason": "used"}
    with pytest.raises(error):
        make_claim(**{**asked, **change}, fresh=True, actor="guest:x", now=now)
    for table in ("aftersales_case", "aftersales_finding", "aftersales_decision", "orders_claim"):
        assert sql(f"SELECT count(*) FROM {table}") == [(0,)]


def test_of_many_taps_at_once_one_is_a_claim(scene: Scene, now: datetime) -> None:
    order = scene.sell(now)
    found = together(lambda _: scene.claim(order, now, "changed_mind").action, 12)
    assert found.count("refund") == 1
    assert set(found) <= {"refund", "claim_exists", "wrong_order_state", "invalid_claim"}
    assert sql("SELECT count(*) FROM aftersales_case") == [(1,)]
    assert sql("SELECT count(*), sum(amount_minor)::int FROM payments_refund") == [(1, PRICE)]
    assert scene.faults(now) == {}


def test_many_looks_at_once_decide_once(scene: Scene, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    order = scene.sell(now)
    monkeypatch.setattr(making, "examine", lambda **_: None)
    case = scene.claim(order, now)
    monkeypatch.undo()
    assert (case.state, case.action) == ("checking", "")
    together(lambda _: examine(shop_id=scene.shop_id, case_id=case.id, now=now), 8)
    assert Decision.objects.filter(shop_id=scene.shop_id, case_id=case.id).count() == 1
    assert sql("SELECT count(*) FROM payments_refund") == [(1,)]
    assert scene.faults(now) == {}


def test_killed_after_the_tap_the_loop_goes_on(scene: Scene, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    order = scene.sell(now)

    def killed(name: str) -> None:
        raise KeyboardInterrupt(name)

    monkeypatch.setattr(making.faultpoints, "reach", killed)
    with pytest.raises(KeyboardInterrupt, match=r"aftersales\.claimed"):
        scene.claim(order, now)
    monkeypatch.undo()
    assert sql("SELECT state, decided_at FROM aftersales_case") == [("checking", None)]
    assert take_steps(now) == 1
    [case] = queries.cases_of_order(scene.shop_id, order.id)
    assert (case.state, case.action) == ("closed", "refund")
    assert take_steps(now + MINUTE) == 0
    assert scene.faults(now) == {}


def test_a_broken_case_holds_up_no_other(scene: Scene, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "examine", lambda **_: None)
    bad, good = (scene.claim(scene.sell(now, ref=f"guest:{name}"), now) for name in "ab")
    monkeypatch.undo()
    real = examining.look
    monkeypatch.setattr(examining, "look", lambda case, at: 1 / 0 if case.id == bad.id else real(case, at))
    assert take_steps(now) == 1
    assert (scene.case(bad).state, scene.case(good).state) == ("checking", "closed")
    assert sql("SELECT next_at FROM aftersales_case WHERE id = %s", [bad.id]) == [(now + MINUTE,)]


def test_nobody_sees_a_case_of_another_shop(scene: Scene, now: datetime) -> None:
    case = scene.claim(scene.sell(now), now)
    for read in (queries.case, lambda shop_id, case_id: examine(shop_id=shop_id, case_id=case_id, now=now)):
        with pytest.raises(CaseNotFound):
            read(uuid4(), case.id)
    assert queries.findings(uuid4(), case.id) == queries.decisions(uuid4(), case.id) == []
    assert orders.claim(scene.shop_id, case.id).state == "refunded"
    assert states.CASE.terminal == frozenset()
