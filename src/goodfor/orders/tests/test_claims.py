"""Claims: written down once, refunded at once where nothing was seen, kept apart, counted."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.delivery import queries as delivery
from goodfor.kernel.errors import DomainError
from goodfor.orders import claim_states, queries
from goodfor.orders.errors import ClaimExists, ClaimNotFound, CodesRevealed, InvalidClaim, OrderNotFound, WrongState
from goodfor.orders.models import Claim
from goodfor.orders.operations import open_claim, place_order, refund_order, reveal_codes, withdraw_claim
from goodfor.orders.operations.count_figures import count_figures
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    Till,
    begin,
    broken,
    open_till,
    pay,
    place,
    refund_all,
    sql,
    state_of,
    stock,
    together,
)
from goodfor.orders.types import Buyer, ClaimView, Invoice, LineRequest, OrderView

TABLES = ("orders_claim", "orders_order", "kernel_event", "kernel_audit", "kernel_history", "payments_refund")


def everything() -> dict[str, list[Any]]:
    return {table: sorted(row[0] for row in sql(f"SELECT t::text FROM {table} t")) for table in TABLES}


@pytest.fixture
def sold(shop: Shop, now: datetime) -> OrderView:
    """A delivered order of three codes."""
    till = open_till(shop.demo.shop_id, now)
    placed = place(shop, now, 3)
    pay(begin(till, placed.order_id, now), now)
    return queries.order_view(shop.demo.shop_id, placed.order_id)


def codes_of(order: OrderView) -> list[UUID]:
    return [code.code_id for code in delivery.masked_codes(order.shop_id, [line.line_id for line in order.lines])]


def see(order: OrderView, now: datetime, *code_ids: UUID) -> None:
    reveal_codes(
        shop_id=order.shop_id, order_id=order.id, code_ids=list(code_ids) or None, actor="guest:x", ip="", now=now
    )


def claim(order: OrderView, now: datetime, reason: str = "invalid", **more: Any) -> ClaimView:
    asked = {"line_id": order.lines[0].line_id, "actor": "guest:x", **more}
    return open_claim(shop_id=order.shop_id, order_id=order.id, reason=reason, now=now, **asked)


def test_a_claim_about_a_seen_code_waits_for_a_person(shop: Shop, sold: OrderView, now: datetime) -> None:
    first = codes_of(sold)[0]
    see(sold, now, first)
    made = claim(sold, now, code_ids=[first], text=" 平台说 已被使用 ")
    assert (made.state, made.code_ids, made.answer_by) == ("open", (first,), now + timedelta(hours=24))
    assert queries.claims_of_order(sold.shop_id, sold.id) == queries.open_claims(sold.shop_id) == [made]
    assert queries.claim_text(sold.shop_id, made.id) == "平台说 已被使用"
    assert not sql("SELECT 1 FROM orders_claim WHERE encode(text_blob, 'escape') LIKE '%%' || %s || '%%'", ["已被使用"])
    [(payload,)] = sql("SELECT payload::text FROM kernel_event WHERE name = 'orders.claim_opened'")
    assert '"codes": 1' in payload
    assert "已被" not in payload
    assert sql("SELECT data->>'reason' FROM kernel_audit WHERE action = 'claim_opened'") == [("invalid",)]
    assert state_of(shop, sold.id) == "delivered"
    assert broken(now) == {}


def test_unseen_codes_are_refunded_at_once_and_go_back(shop: Shop, sold: OrderView, now: datetime) -> None:
    assert stock(shop) == (17, 0, 3)
    made = claim(sold, now, "changed_mind")
    assert (made.state, made.closed_at) == ("refunded", now)
    assert state_of(shop, sold.id) == "refunding"
    assert stock(shop) == (20, 0, 0)
    refund_all(now)
    assert state_of(shop, sold.id) == "refunded"
    assert broken(now) == {}


def test_without_a_fresh_proof_nothing_is_refunded(shop: Shop, sold: OrderView, now: datetime) -> None:
    assert claim(sold, now, "not_received", may_refund=False).state == "open"
    assert state_of(shop, sold.id) == "delivered"


def test_a_refund_by_the_staff_settles_the_claim(shop: Shop, sold: OrderView, now: datetime) -> None:
    see(sold, now)
    made = claim(sold, now)
    refund_order(shop_id=sold.shop_id, order_id=sold.id, reason="bad", actor="staff:1", by_staff=True, now=now)
    [after] = queries.claims_of_order(sold.shop_id, sold.id)
    assert (after.id, after.state) == (made.id, "refunded")
    assert queries.open_claims(sold.shop_id) == []
    assert broken(now) == {}


def test_one_open_claim_a_line_and_taken_back_another(sold: OrderView, now: datetime) -> None:
    see(sold, now)
    made = claim(sold, now)
    with pytest.raises(ClaimExists):
        claim(sold, now, "used")
    withdraw_claim(shop_id=sold.shop_id, order_id=sold.id, claim_id=made.id, actor="guest:x", now=now)
    with pytest.raises(ClaimNotFound):
        withdraw_claim(shop_id=sold.shop_id, order_id=sold.id, claim_id=made.id, actor="guest:x", now=now)
    assert claim(sold, now, "used").state == "open"
    assert [c.state for c in queries.claims_of_order(sold.shop_id, sold.id)] == ["open", "withdrawn"]


def test_of_many_at_once_one_claim_is_made(sold: OrderView, now: datetime) -> None:
    see(sold, now)
    found = together(lambda _: claim(sold, now).state, 12)
    assert sorted(found) == ["claim_exists"] * 11 + ["open"]
    assert Claim.objects.filter(shop_id=sold.shop_id).count() == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"reason": "greed"}, InvalidClaim), ({"text": "x" * 501}, InvalidClaim), ({"text": "a\x00"}, InvalidClaim),
        ({"line_id": uuid4()}, InvalidClaim), ({"code_ids": [uuid4()]}, InvalidClaim),
        ({"reason": "changed_mind"}, CodesRevealed), ({"order_id": uuid4()}, OrderNotFound),
        ({"shop_id": uuid4()}, OrderNotFound),
    ],
)  # fmt: skip
def test_what_is_no_claim_changes_nothing(
    sold: OrderView, now: datetime, change: dict[str, Any], error: type[DomainError]
) -> None:
    see(sold, now)
    before = everything()
    asked = {"shop_id": sold.shop_id, "order_id": sold.id, "line_id": sold.lines[0].line_id, "reason": "used"}
    with pytest.raises(error):
        open_claim(**{**asked, **change}, actor="guest:x", now=now)
    assert everything() == before


def test_only_a_delivered_order_has_claims(shop: Shop, now: datetime) -> None:
    placed = place(shop, now)
    with pytest.raises(WrongState):
        open_claim(
            shop_id=shop.demo.shop_id, order_id=placed.order_id, line_id=placed.lines[0].line_id, reason="used",
            actor="guest:x", now=now,
        )  # fmt: skip


def test_the_audit_finds_a_claim_that_was_left_open(sold: OrderView, now: datetime) -> None:
    claim(sold, now, "changed_mind")
    sql("UPDATE orders_claim SET state = 'open', closed_at = NULL")
    assert set(broken(now)) == {"open_claims_belong_to_delivered_orders"}


def test_states_and_reasons_are_closed() -> None:
    assert claim_states.MACHINE.terminal == {"refunded", "withdrawn"}
    assert set(claim_states.FAULTS) < set(claim_states.REASONS)


def test_figures_count_claims_and_refunds_without_staff(shop: Shop, sold: OrderView, now: datetime) -> None:
    count_figures(now=now)
    clean = queries.trust_view(sold.shop_id)
    assert (clean.codes, clean.codes_claimed, clean.valid_rate, clean.alone_rate) == (3, 0, 1.0, None)
    first = codes_of(sold)[0]
    see(sold, now)
    made = claim(sold, now, "used", code_ids=[first])
    count_figures(now=now)
    assert queries.trust_view(sold.shop_id).codes_claimed == 1
    withdraw_claim(shop_id=sold.shop_id, order_id=sold.id, claim_id=made.id, actor="guest:x", now=now)
    claim(sold, now, "not_received", code_ids=[first])
    count_figures(now=now)
    assert queries.trust_view(sold.shop_id).codes_claimed == 0
    refund_order(shop_id=sold.shop_id, order_id=sold.id, reason="r", actor="staff:1", by_staff=True, now=now)
    other = place(shop, now)
    pay(begin(open_till_again(shop, now), other.order_id, now), now)
    refund_order(shop_id=sold.shop_id, order_id=other.order_id, reason="r", actor="guest:x", now=now)
    refund_all(now + timedelta(seconds=5))
    count_figures(now=now)
    counted = queries.trust_view(sold.shop_id)
    assert (counted.refunded, counted.refunded_alone, counted.alone_rate) == (2, 1, 0.5)
    assert counted.refund_p50_seconds == 5
    assert queries.trust_view(uuid4()).valid_rate is None


def open_till_again(shop: Shop, now: datetime) -> Till:
    """The till that the fixture has opened."""
    [(account,)] = sql("SELECT id FROM payments_account WHERE shop_id = %s AND code = 'till'", [shop.demo.shop_id])
    return Till(shop.demo.shop_id, account)


def test_an_invoice_title_is_sealed_with_its_order(shop: Shop, now: datetime) -> None:
    asked = Invoice("星河科技有限公司", "91310000MA1FL00000", "bill@corp.example")
    placed = place_order(
        shop_id=shop.demo.shop_id, lines=[LineRequest(shop.sku_id, 1)],
        buyer=Buyer("guest:a", ip="192.0.2.1", invoice=asked), channel="storefront", now=now,
    )  # fmt: skip
    assert queries.invoice_of_order(shop.demo.shop_id, placed.order_id) == asked
    assert queries.invoice_of_order(uuid4(), placed.order_id) is None
    assert queries.invoice_of_order(shop.demo.shop_id, place(shop, now).order_id) is None
    [(blob,)] = sql("SELECT blob FROM orders_invoice")
    assert "星河".encode() not in bytes(blob)
    assert "星河" not in repr(Buyer("guest:a", invoice=asked))
