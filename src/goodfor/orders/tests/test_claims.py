"""Claims: written down once, refunded at once where nothing was seen, kept apart, counted."""

from datetime import datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError

from goodfor.catalog.operations import create_sku
from goodfor.cli import world
from goodfor.delivery import queries as delivery
from goodfor.kernel.errors import DomainError
from goodfor.kernel.money import Money
from goodfor.orders import claim_states, queries
from goodfor.orders.errors import ClaimExists, ClaimNotFound, CodesRevealed, InvalidClaim, OrderNotFound, WrongState
from goodfor.orders.models import Claim
from goodfor.orders.operations import (
    add_note,
    open_claim,
    place_order,
    refund_order,
    refund_part,
    reveal_codes,
    withdraw_claim,
)
from goodfor.orders.operations.count_figures import count_figures
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import (
    PRICE,
    Till,
    begin,
    booked,
    broken,
    open_till,
    pay,
    place,
    refund_all,
    relay_all,
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


def two_lines(shop: Shop, now: datetime) -> OrderView:
    """A delivered order of two lines: two codes of the one, one code of the other."""
    till = open_till(shop.demo.shop_id, now)
    other = create_sku(
        shop_id=shop.demo.shop_id, product_id=product_of(shop), code="kw-other", name="另一种", face_value_label="另",
        price=Money(1000, "CNY"), actor="test", now=now,
    )  # fmt: skip
    world.load_codes(shop.demo.shop_id, other, world.random_codes(5), now, cost_minor=300)
    relay_all(now)
    placed = place_order(
        shop_id=shop.demo.shop_id, lines=[LineRequest(shop.sku_id, 2), LineRequest(other, 1)],
        buyer=Buyer("guest:two", ip="192.0.2.9"), channel="storefront", now=now,
    )  # fmt: skip
    pay(begin(till, placed.order_id, now), now)
    return queries.order_view(shop.demo.shop_id, placed.order_id)


def product_of(shop: Shop) -> UUID:
    [(product_id,)] = sql("SELECT product_id FROM catalog_sku WHERE id = %s", [shop.sku_id])
    assert isinstance(product_id, UUID)
    return product_id


def line_of(order: OrderView, sku_id: UUID) -> UUID:
    return next(line.line_id for line in order.lines if line.sku_id == sku_id)


def kept(order: OrderView) -> dict[UUID, int]:
    """How many codes each line holds."""
    return {line.line_id: len(delivery.masked_codes(order.shop_id, [line.line_id])) for line in order.lines}


def test_a_claim_refunds_its_line_and_no_other(shop: Shop, now: datetime) -> None:
    order = two_lines(shop, now)
    line, rest = line_of(order, shop.sku_id), next(x for x in order.lines if x.sku_id != shop.sku_id)
    before = {name: booked(shop, name) for name in ("5001:sales:codes", "5401:cogs:codes", "2205:refund")}
    shelf = booked(shop, f"1405:codes:{shop.sku_id}")
    [(cost,)] = sql(
        "SELECT sum(l.unit_cost_minor)::bigint FROM vault_code c JOIN vault_lot l ON l.id = c.lot_id"
        " WHERE c.holder_id = %s", [line],
    )  # fmt: skip
    see(order, now, *[code.code_id for code in delivery.masked_codes(order.shop_id, [rest.line_id])])
    offer = queries.claim_offer(order.shop_id, order, line)
    assert (offer.amount.amount_minor, offer.left.amount_minor, offer.left_after.amount_minor) == (
        2 * PRICE, 2 * PRICE + 1000, 1000,
    )  # fmt: skip
    assert (offer.at_once, offer.whole, offer.seen) == (True, False, 0)
    made = claim(order, now, "changed_mind", line_id=line)
    assert (made.state, made.refund, made.refund_back) == ("refunded", Money(2 * PRICE, "CNY"), False)
    assert state_of(shop, order.id) == "delivered"
    assert kept(order) == {line: 0, rest.line_id: 1}
    assert booked(shop, "5001:sales:codes") == before["5001:sales:codes"] - 2 * PRICE
    assert booked(shop, "2205:refund") == before["2205:refund"] + 2 * PRICE
    assert booked(shop, "5401:cogs:codes") == before["5401:cogs:codes"] - cost
    assert booked(shop, f"1405:codes:{shop.sku_id}") == shelf + cost
    refund_all(now)
    assert sql("SELECT state, refunded_minor FROM orders_order WHERE id = %s", [order.id]) == [("delivered", 2 * PRICE)]
    assert booked(shop, "2205:refund") == before["2205:refund"]
    assert sql("SELECT number, amount_minor, by_staff, back_at IS NULL FROM orders_part") == [
        (1, 2 * PRICE, False, False)
    ]
    [after] = queries.claims_of_order(order.shop_id, order.id)
    assert after.refund_back
    with pytest.raises(InvalidClaim):
        claim(order, now, "changed_mind", line_id=line)
    assert broken(now) == {}
    by_line = (
        "SELECT p.order_line_id, sum(p.amount_minor)::bigint, min(p.channel), count(*) FROM ledger_posting p"
        " JOIN ledger_account a ON a.id = p.account_id AND a.code = '5001:sales:codes' WHERE p.order_id = %s GROUP BY 1"
    )
    assert sorted(sql(by_line, [order.id]), key=lambda row: row[1]) == [
        (rest.line_id, -1000, "storefront", 1), (line, 0, "storefront", 2),
    ]  # fmt: skip
    # The rest of the order is refunded by the staff as ever: of its own line alone.
    refund_order(shop_id=order.shop_id, order_id=order.id, reason="r", actor="staff:1", by_staff=True, now=now)
    refund_all(now + timedelta(seconds=5))
    assert sql("SELECT state, refunded_minor FROM orders_order WHERE id = %s", [order.id]) == [
        ("refunded", 2 * PRICE + 1000)
    ]
    assert broken(now + timedelta(seconds=5)) == {}


def test_a_claim_on_one_code_of_three(shop: Shop, sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    see(sold, now, first)
    assert claim(sold, now, "changed_mind", code_ids=[second]).refund == Money(PRICE, "CNY")
    assert codes_of(sold) == [first, third]
    assert stock(shop) == (18, 0, 2)
    # While that money is on its way, the next one waits for a person; the page says so beforehand.
    assert queries.claim_offer(sold.shop_id, sold, sold.lines[0].line_id, [third]).blocked
    refund_all(now)
    assert claim(sold, now, "not_received", code_ids=[third]).refund == Money(PRICE, "CNY")
    refund_all(now + timedelta(seconds=5))
    assert codes_of(sold) == [first]
    with pytest.raises(CodesRevealed):
        claim(sold, now, "changed_mind", code_ids=[first])
    assert claim(sold, now, "used", code_ids=[first]).state == "open"
    assert sql("SELECT state, refunded_minor FROM orders_order WHERE id = %s", [sold.id]) == [("delivered", 2 * PRICE)]
    assert sql("SELECT returned FROM orders_line WHERE order_id = %s", [sold.id]) == [(2,)]
    assert broken(now + timedelta(seconds=5)) == {}


def test_seen_and_unseen_codes_together_wait_for_a_person(shop: Shop, sold: OrderView, now: datetime) -> None:
    first, second, _third = codes_of(sold)
    see(sold, now, first)
    before = stock(shop)
    made = claim(sold, now, "used", code_ids=[first, second])
    assert (made.state, made.refund) == ("open", None)
    assert stock(shop) == before


def test_the_last_codes_end_the_order(shop: Shop, sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    claim(sold, now, "changed_mind", code_ids=[first, second])
    refund_all(now)
    made = claim(sold, now, "changed_mind", code_ids=[third])
    assert made.refund == Money(PRICE, "CNY")
    assert state_of(shop, sold.id) == "refunding"
    refund_all(now + timedelta(seconds=5))
    assert sql("SELECT state, refunded_minor FROM orders_order WHERE id = %s", [sold.id]) == [("refunded", 3 * PRICE)]
    assert stock(shop) == (20, 0, 0)
    assert broken(now + timedelta(seconds=5)) == {}


def test_what_the_staff_gave_back_is_not_given_twice(shop: Shop, now: datetime) -> None:
    order = two_lines(shop, now)
    line = line_of(order, shop.sku_id)
    refund_part(
        shop_id=order.shop_id, order_id=order.id, amount=Money(1500, "CNY"), reason="x", actor="staff:1", now=now
    )
    refund_all(now)
    # 9,700 + 1,000 less 1,500: the line's price is not left, and the other line's money is not this claim's.
    offer = queries.claim_offer(order.shop_id, order, line)
    assert (offer.at_once, offer.blocked) == (False, True)
    made = claim(order, now, "changed_mind", line_id=line)
    assert (made.state, made.refund) == ("open", None)
    assert kept(order)[line] == 2
    assert broken(now) == {}


def test_of_many_claims_at_once_on_one_line_one_refunds(shop: Shop, sold: OrderView, now: datetime) -> None:
    first = codes_of(sold)[0]
    found = together(lambda _: claim(sold, now, "changed_mind", code_ids=[first]).state, 12)
    assert sorted(found) == ["invalid_claim"] * 11 + ["refunded"]
    assert sql("SELECT count(*), sum(amount_minor)::int FROM payments_refund") == [(1, PRICE)]
    assert stock(shop) == (18, 0, 2)
    refund_all(now)
    assert broken(now) == {}


def test_the_database_knows_one_open_claim_a_code_and_one_refund_a_claim(sold: OrderView, now: datetime) -> None:
    see(sold, now)
    claim(sold, now)
    columns = "shop_id, order_id, line_id, code_id, state, at"
    with pytest.raises(IntegrityError, match="orders_claim_unit_live"):
        sql(
            f"INSERT INTO orders_claim_unit (id, claim_id, {columns})"
            f" SELECT gen_random_uuid(), gen_random_uuid(), {columns} FROM orders_claim_unit LIMIT 1"
        )
    with pytest.raises(IntegrityError, match="orders_claim_refund"):
        sql("UPDATE orders_claim SET refund_id = gen_random_uuid(), refund_minor = 1")
    with pytest.raises(IntegrityError, match="orders_line_returned"):
        sql("UPDATE orders_line SET returned = quantity + 1")


def test_parts_are_in_the_figures(shop: Shop, sold: OrderView, now: datetime) -> None:
    first = codes_of(sold)[0]
    claim(sold, now, "changed_mind", code_ids=[first])
    refund_all(now)
    refund_part(shop_id=sold.shop_id, order_id=sold.id, amount=Money(100, "CNY"), reason="x", actor="staff:1", now=now)
    refund_all(now + timedelta(seconds=5))
    count_figures(now=now)
    counted = queries.trust_view(sold.shop_id)
    assert (counted.refunded, counted.refunded_alone, counted.alone_rate) == (2, 1, 0.5)
    today = now.date()
    figures = queries.desk_figures(
        sold.shop_id, currency="CNY", first=today - timedelta(days=1), last=today, timezone="UTC", now=now
    )  # fmt: skip
    assert [(day.paid, day.paid_minor, day.refunded, day.refunded_minor) for day in figures.days] == [
        (0, 0, 0, 0), (1, 3 * PRICE, 1, PRICE + 100),
    ]  # fmt: skip
    abroad = queries.desk_figures(sold.shop_id, currency="USD", first=today, last=today, timezone="UTC", now=now)
    assert [(day.placed, day.paid_minor, day.refunded_minor) for day in abroad.days] == [(0, 0, 0)]


def test_a_note_is_sealed_and_the_shops_own(shop: Shop, sold: OrderView, now: datetime) -> None:
    note = add_note(shop_id=sold.shop_id, order_id=sold.id, text=" 买家打过电话 ", actor="staff:1", now=now)
    [found] = queries.notes_of_order(sold.shop_id, sold.id)
    assert (found.id, found.author, found.text, found.at) == (note, "staff:1", "买家打过电话", now)
    assert "买家" not in repr(found)
    assert queries.notes_of_order(uuid4(), sold.id) == []
    [(blob,)] = sql("SELECT blob FROM orders_note")
    assert "电话".encode() not in bytes(blob)
    assert sql("SELECT actor, data->>'length' FROM kernel_audit WHERE action = 'order_noted'") == [("staff:1", "6")]
    for text, shop_id in (("", sold.shop_id), ("x" * 501, sold.shop_id), ("a\x00", sold.shop_id), ("x", uuid4())):
        with pytest.raises(DomainError):
            add_note(shop_id=shop_id, order_id=sold.id, text=text, actor="staff:1", now=now)
    assert sql("SELECT count(*) FROM orders_note") == [(1,)]


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


def test_claims_of_a_line_are_about_different_codes(sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    see(sold, now)
    one, two = claim(sold, now, code_ids=[first]), claim(sold, now, "used", code_ids=[second])
    for asked in ([first], [second, third], []):
        with pytest.raises(ClaimExists):
            claim(sold, now, code_ids=asked)
    assert [unit.code_id for unit in queries.claim_units(sold.shop_id, one.id)] == [first]
    assert claim(sold, now, "changed_mind", code_ids=[third], seen_too=True, answer_by=now + timedelta(hours=1)) in (
        queries.open_claims(sold.shop_id)
    )
    assert {c.id for c in queries.open_claims(sold.shop_id)} > {one.id, two.id}
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


def test_claims_made_before_there_were_units_get_theirs(sold: OrderView, now: datetime) -> None:
    first, second, third = codes_of(sold)
    see(sold, now, first, second)
    made = claim(sold, now, code_ids=[first])
    withdraw_claim(shop_id=sold.shop_id, order_id=sold.id, claim_id=made.id, actor="guest:x", now=now)
    claim(sold, now, "used", code_ids=[first, second])
    claim(sold, now, "changed_mind", code_ids=[third])
    kept = "SELECT claim_id, code_id, state, restocked FROM orders_claim_unit ORDER BY claim_id, code_id"
    before = sql(kept)
    sql("SET session_replication_role = replica")
    sql("DELETE FROM orders_claim_unit")
    sql("SET session_replication_role = DEFAULT")
    sql(import_module("goodfor.orders.migrations.0015_claim_units")._UNITS)
    assert sql(kept) == before
    assert sorted(row[2] for row in before) == ["live", "live", "none", "refunded"]
    refund_all(now)
    assert broken(now) == {}


def test_only_a_delivered_order_has_claims(shop: Shop, now: datetime) -> None:
    placed = place(shop, now)
    with pytest.raises(WrongState):
        open_claim(
            shop_id=shop.demo.shop_id, order_id=placed.order_id, line_id=placed.lines[0].line_id, reason="used",
            actor="guest:x", now=now,
        )  # fmt: skip


def test_the_audit_finds_a_claim_that_was_left_open(sold: OrderView, now: datetime) -> None:
    claim(sold, now, "changed_mind")
    sql("UPDATE orders_claim SET state = 'open', closed_at = NULL, refund_id = NULL, refund_minor = NULL")
    assert set(broken(now)) == {
        "open_claims_belong_to_delivered_orders", "claim_units_agree_with_their_claim",
        "claim_history_leads_to_its_state",
    }  # fmt: skip


def test_states_and_reasons_are_closed() -> None:
    assert claim_states.MACHINE.terminal == {"refunded", "replaced", "withdrawn"}
    assert {*claim_states.CODE_REASONS, *claim_states.DIRECT_REASONS} == set(claim_states.REASONS)
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
