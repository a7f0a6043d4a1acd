"""Invoices of real orders, issued by the stand-in: once, with what is left, and taken back as the price goes back."""

import sys
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from goodfor.finance.tests.conftest import Scene
from goodfor.invoices import queries
from goodfor.invoices.errors import (
    AlreadyInvoiced,
    InvoiceMoved,
    InvoiceNotFound,
    InvoicesNotOffered,
    NoTaxClass,
    NotDelivered,
    NothingToInvoice,
    NotInBooksYet,
    RedLetterWaits,
)
from goodfor.invoices.operations import (
    ask_to_look,
    look_at_order,
    red_letter,
    request_invoice,
    resolve_invoice,
    retry_invoice,
    set_issuer,
    withdraw_invoice,
)
from goodfor.invoices.tests.conftest import COMPANY, PERSON, SELLER, Desk, offer_invoices
from goodfor.invoices.types import IssuerInput, RegisterFilter, Title
from goodfor.kernel.errors import InvalidInput
from goodfor.orders.operations import place_order
from goodfor.orders.tests.factories import PRICE, begin, pay, place, sql
from goodfor.orders.types import Buyer, Invoice, LineRequest

pytestmark = pytest.mark.django_db(transaction=True)
STAFF = "staff:1"


def test_an_invoice_is_issued_once_with_the_tax_of_the_books(desk: Desk) -> None:
    order = desk.buy(2)
    [made] = desk.ask(order, COMPANY)
    assert (made.total_minor, made.tax_minor, made.state, made.paper) == (2 * PRICE, 1116, "requested", "vat")
    assert desk.run() == 1
    [view] = desk.of(order)
    assert (view.state, len(view.official), view.issued_at) == ("issued", 20, desk.now)
    assert view.link.startswith("http")
    [row] = desk.written(order)
    assert (row["amount"], row["tax"], row["said"]["buyer"]["tax_number"]) == (2 * PRICE, 1116, SELLER)
    assert desk.run(9) == 0
    with pytest.raises(AlreadyInvoiced):
        desk.ask(order)
    assert desk.scene.booked("2221:vat:output") == view.tax_minor
    assert [step.to_state for step in queries.history(desk.shop_id, view.id)] == ["requested", "issuing", "issued"]
    assert not desk.faults()


def test_a_part_that_goes_back_has_a_red_letter_of_that_part(desk: Desk) -> None:
    order = desk.buy(2)
    desk.ask(order)
    desk.run()
    desk.back(order, 1000)
    assert desk.states(order) == [("blue", "issued"), ("red", "requested")]
    desk.run(1)
    blue, red = desk.of(order)
    assert (red.total_minor, red.tax_minor, red.blue_id, red.state) == (1000, 115, blue.id, "issued")
    assert (blue.reversed_minor, blue.tax_reversed_minor, blue.state) == (1000, 115, "issued")
    assert desk.written(order)[1]["original"] == blue.official
    assert desk.scene.booked("2221:vat:output") == blue.tax_minor - red.tax_minor
    desk.scene.refund(order)
    desk.heard(2)
    desk.run(3)
    blue, _red, rest = desk.of(order)
    assert (blue.state, blue.reversed_minor, blue.tax_reversed_minor) == ("red_lettered", 2 * PRICE, blue.tax_minor)
    assert (rest.total_minor, rest.tax_minor) == (2 * PRICE - 1000, blue.tax_minor - 115)
    assert desk.scene.booked("2221:vat:output") == 0
    [row] = queries.vat_summary(desk.shop_id, desk.now.date(), desk.now.date().replace(year=desk.now.year + 1))
    assert (row.count, row.red_count, row.net_minor, row.net_tax_minor) == (1, 2, 0, 0)
    with pytest.raises((NothingToInvoice, NotDelivered)):
        desk.ask(order)
    assert not desk.faults()


def test_an_invoice_that_was_not_sent_is_written_anew_with_what_is_left(desk: Desk) -> None:
    order = desk.buy(2)
    desk.ask(order)
    desk.back(order, 1000)
    assert desk.states(order) == [("blue", "withdrawn"), ("blue", "requested")]
    desk.run(1)
    assert [(row["amount"], row["kind"]) for row in desk.written(order)] == [(2 * PRICE - 1000, "blue")]
    assert not desk.faults()


def test_an_unknown_end_is_asked_about_and_never_repeated(desk: Desk) -> None:
    order = desk.buy()
    desk.fault("lost_answer", on="issue")
    [made] = desk.ask(order)
    desk.run()
    assert desk.states(order) == [("blue", "unknown")]
    assert len(desk.written(order)) == 1, "the office has written it"
    with pytest.raises(AlreadyInvoiced):
        desk.ask(order)
    before = desk.calls(made.number, "issue")
    desk.fault("error_burst", on="ask", work="before")
    desk.run(10)
    assert desk.states(order) == [("blue", "unknown")]
    desk.run(60)
    [view] = desk.of(order)
    assert (view.state, view.official) == ("issued", desk.written(order)[0]["official"])
    assert desk.calls(made.number, "issue") == before, "sent once"
    assert not desk.faults()


def test_what_never_arrived_is_sent_again_under_its_number(desk: Desk) -> None:
    order = desk.buy()
    desk.fault("error_burst", on="issue", work="before")
    desk.ask(order)
    desk.run()
    assert desk.states(order) == [("blue", "unknown")]
    assert desk.written(order) == []
    desk.run(10)
    assert desk.states(order) == [("blue", "issued")]
    assert len(desk.written(order)) == 1


def test_an_answer_of_somebody_else_is_no_answer(desk: Desk) -> None:
    order = desk.buy()
    desk.fault("bad_signature", on="issue")
    desk.ask(order)
    desk.run()
    assert [(one.state, one.failure) for one in desk.of(order)] == [("unknown", "answer_not_signed")]
    desk.run(10)
    assert desk.states(order) == [("blue", "issued")]
    assert len(desk.written(order)) == 1


def test_a_slow_office_is_asked_until_it_is_done(desk: Desk) -> None:
    order = desk.buy()
    desk.fault("slow", asks=2)
    desk.ask(order)
    for after, state in ((0, "issuing"), (10, "issuing"), (40, "issued")):
        desk.run(after)
        assert desk.states(order) == [("blue", state)]


def test_two_requests_at_once_are_one_invoice(desk: Desk) -> None:
    order = desk.buy()
    outcomes: list[str] = []
    gate = threading.Barrier(4)

    def ask() -> None:
        gate.wait()
        try:
            desk.ask(order)
            outcomes.append("made")
        except AlreadyInvoiced:
            outcomes.append("exists")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["exists", "exists", "exists", "made"]
    desk.run()
    assert len(desk.written(order)) == 1


def test_a_card_sale_has_a_paper_without_tax(scene: Scene, desk: Desk) -> None:
    since = desk.now
    sql(
        "INSERT INTO finance_sku_tax (shop_id, sku_id, tax_class, card_sale, valid_from, made_at, made_by)"
        " VALUES (%s, %s, 'goods', true, %s - interval '1 day', now(), 'x') RETURNING 1",
        [desk.shop_id, scene.shop.sku_id, since],
    )
    order = desk.buy()
    [made] = desk.ask(order)
    assert (made.paper, made.tax_minor, made.total_minor) == ("card", 0, 2 * PRICE)
    desk.run()
    [row] = desk.written(order)
    assert (row["class"], row["tax"], row["said"]["lines"][0]["rate_bp"]) == ("card", 0, 0)
    assert desk.scene.booked("2221:vat:output") == 0
    assert not desk.faults()


def test_what_is_refused_says_why_and_is_tried_anew_with_another_title(desk: Desk) -> None:
    order = desk.buy()
    desk.fault("refuse", on="issue", code="title_invalid")
    [made] = desk.ask(order)
    desk.run()
    assert [(one.state, one.failure) for one in desk.of(order)] == [("failed", "title_invalid")]
    again = retry_invoice(
        shop_id=desk.shop_id, invoice_id=made.id, title=Title("personal", "李四"), actor=STAFF, now=desk.now
    )
    assert again.number != made.number
    assert queries.title(desk.shop_id, again.id).name == "李四"
    desk.run()
    assert desk.states(order) == [("blue", "failed"), ("blue", "issued")]
    for wrong in (made.id, again.id):
        with pytest.raises((InvoiceMoved, AlreadyInvoiced)):
            retry_invoice(shop_id=desk.shop_id, invoice_id=wrong, actor=STAFF, now=desk.now)
    assert not desk.faults()


def test_a_refused_red_letter_waits_for_a_person_and_is_tried_anew(desk: Desk) -> None:
    order = desk.buy()
    desk.ask(order)
    desk.run()
    desk.fault("refuse", on="issue", code="closed")
    desk.back(order, 1000)
    desk.run(1)
    desk.heard(5)
    assert desk.states(order) == [("blue", "issued"), ("red", "failed")]
    red = desk.of(order)[1]
    retry_invoice(shop_id=desk.shop_id, invoice_id=red.id, actor=STAFF, now=desk.now)
    with pytest.raises(RedLetterWaits):
        retry_invoice(shop_id=desk.shop_id, invoice_id=red.id, actor=STAFF, now=desk.now)
    desk.run(1)
    blue = desk.of(order)[0]
    assert (blue.reversed_minor, blue.tax_reversed_minor) == (1000, 115)
    assert not desk.faults()


def test_a_red_letter_that_was_overtaken_is_not_written_twice(desk: Desk) -> None:
    order = desk.buy()
    desk.ask(order)
    desk.run()
    desk.fault("refuse", on="issue", code="closed")
    desk.back(order, 1000)
    desk.run(1)
    desk.back(order, 500, 2)
    desk.run(3)
    blue, failed, red = desk.of(order)
    assert (failed.state, red.state, red.total_minor, blue.reversed_minor) == ("failed", "issued", 1500, 1500)
    with pytest.raises(InvoiceMoved):
        retry_invoice(shop_id=desk.shop_id, invoice_id=failed.id, actor=STAFF, now=desk.now)
    assert len(desk.of(order)) == 3
    assert not desk.faults()


def test_killed_after_the_call_it_is_asked_about(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    order = desk.buy()
    [made] = desk.ask(order)

    def killed(**_more: Any) -> None:
        raise SystemError("killed")

    before = desk.calls(made.number, "issue")
    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["goodfor.invoices.operations.execute_invoice"], "settle_invoice", killed)
        desk.run()
    assert (desk.states(order), desk.run(30)) == ([("blue", "issuing")], 0)
    desk.run(61)
    assert desk.states(order) == [("blue", "issued")]
    assert (len(desk.written(order)), desk.calls(made.number, "issue")) == (1, before + 1)


def test_a_refund_that_comes_while_an_order_is_looked_at_is_not_lost(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = desk.buy()
    desk.ask(order)
    later = desk.now + timedelta(seconds=1)

    def look(*_seen: Any) -> int:
        ask_to_look(shop_id=desk.shop_id, order_id=order.id, now=later)
        return 0

    ask_to_look(shop_id=desk.shop_id, order_id=order.id, now=desk.now)
    with monkeypatch.context() as patched:
        patched.setattr(sys.modules["goodfor.invoices.operations.look_at_order"], "_look", look)
        look_at_order(shop_id=desk.shop_id, order_id=order.id, now=desk.now)
    assert sql("SELECT due_at FROM invoices_look") == [(later,)]
    look_at_order(shop_id=desk.shop_id, order_id=order.id, now=later)
    assert sql("SELECT due_at FROM invoices_look") == []


def test_a_wrong_title_is_taken_back_whole_and_written_anew(desk: Desk) -> None:
    order = desk.buy()
    [made] = desk.ask(order)
    with pytest.raises(InvoiceMoved):
        red_letter(shop_id=desk.shop_id, invoice_id=made.id, reason="抬头有误", actor=STAFF, now=desk.now)
    desk.run()
    with pytest.raises(InvalidInput):
        red_letter(shop_id=desk.shop_id, invoice_id=made.id, reason=" ", actor=STAFF, now=desk.now)
    with pytest.raises(InvoiceNotFound):
        red_letter(shop_id=uuid4(), invoice_id=made.id, reason="x", actor=STAFF, now=desk.now)
    red_letter(shop_id=desk.shop_id, invoice_id=made.id, reason="抬头有误", actor=STAFF, now=desk.now)
    desk.run()
    desk.ask(order, COMPANY)
    desk.run()
    assert desk.states(order) == [("blue", "red_lettered"), ("red", "issued"), ("blue", "issued")]
    assert sum(row["amount"] * (1 if row["kind"] == "blue" else -1) for row in desk.written(order)) == 2 * PRICE
    assert not desk.faults()


def test_by_hand_where_nobody_issues(desk: Desk) -> None:
    by_hand = IssuerInput("", "好物", SELLER)
    set_issuer(shop_id=desk.shop_id, says=by_hand, actor=STAFF, now=desk.now)
    order, other = desk.buy(1), desk.buy(1)
    [made], [second] = desk.ask(order), desk.ask(other)
    assert (desk.run(), queries.waiting(desk.shop_id)) == (0, 2)

    def tell(invoice_id: Any, **more: Any) -> None:
        said = {"issued": True, "official": "26000001", "link": "", "note": ""} | more
        resolve_invoice(shop_id=desk.shop_id, invoice_id=invoice_id, actor=STAFF, now=desk.now, **said)

    for wrong in ({"official": ""}, {"link": "javascript:1"}, {"issued": False}):
        with pytest.raises(InvalidInput):
            tell(made.id, **wrong)
    tell(made.id)
    with pytest.raises(InvoiceMoved):
        tell(made.id)
    with pytest.raises(InvalidInput):
        tell(second.id)
    tell(second.id, issued=False, note="抬头不清")
    assert [desk.of(one)[0].state for one in (order, other)] == ["issued", "failed"]
    assert desk.of(order)[0].official == "26000001"
    assert not desk.faults()


def test_what_is_refused_changes_nothing(desk: Desk, now: Any) -> None:
    till = desk.scene.till()
    placed = place(desk.scene.shop, now)
    with pytest.raises(NotDelivered):
        request_invoice(shop_id=desk.shop_id, order_id=placed.order_id, title=PERSON, actor="buyer", now=now)
    pay(begin(till, placed.order_id, now), now)
    with pytest.raises(NotInBooksYet):
        request_invoice(shop_id=desk.shop_id, order_id=placed.order_id, title=PERSON, actor="buyer", now=now)
    assert queries.asked(desk.shop_id, placed.order_id).refusal == "invoice_not_in_books_yet"
    desk.scene.follow()
    assert queries.asked(desk.shop_id, placed.order_id).left_minor == PRICE
    sql("UPDATE identity_shop SET settings = settings - 'invoices' WHERE id = %s RETURNING 1", [desk.shop_id])
    with pytest.raises(InvoicesNotOffered):
        request_invoice(shop_id=desk.shop_id, order_id=placed.order_id, title=PERSON, actor="buyer", now=now)
    assert sql("SELECT count(*) FROM invoices_invoice") == [(0,)]


def test_goods_without_a_tax_class_are_not_invoiced(scene: Scene) -> None:
    offer_invoices(scene.shop_id)
    order = scene.buy()
    scene.follow()
    with pytest.raises(NoTaxClass):
        request_invoice(shop_id=scene.shop_id, order_id=order.id, title=PERSON, actor="buyer", now=scene.now)
    assert queries.asked(scene.shop_id, order.id).refusal == "invoice_no_tax_class"


@pytest.mark.parametrize(("number", "made"), [(SELLER, 1), ("91350100M000100Y44", 0), ("", 1)])
def test_a_title_that_came_with_the_order_is_a_request(desk: Desk, now: Any, number: str, made: int) -> None:
    till, scene = desk.scene.till(), desk.scene
    placed = place_order(
        shop_id=desk.shop_id, lines=[LineRequest(scene.shop.sku_id, 1)],
        buyer=Buyer("guest:a", ip="192.0.2.1", invoice=Invoice("星河", number, "")), channel="storefront", now=now,
    )  # fmt: skip
    pay(begin(till, placed.order_id, now), now)
    desk.heard()
    assert sql("SELECT count(*) FROM invoices_invoice WHERE order_id = %s", [placed.order_id]) == [(made,)]
    assert sql("SELECT count(*) FROM invoices_look") == [(0,)]


def test_a_request_is_withdrawn_and_asked_for_anew(desk: Desk) -> None:
    order = desk.buy()
    [made] = desk.ask(order)
    withdraw_invoice(shop_id=desk.shop_id, invoice_id=made.id, actor="buyer", now=desk.now)
    with pytest.raises(InvoiceMoved):
        withdraw_invoice(shop_id=desk.shop_id, invoice_id=made.id, actor="buyer", now=desk.now)
    desk.ask(order)
    desk.run()
    assert desk.states(order) == [("blue", "withdrawn"), ("blue", "issued")]
    wanted = RegisterFilter(states=("issued",), text=order.number)
    assert [one.order_id for one in queries.register(desk.shop_id, wanted)] == [order.id]
    counts = queries.count_by_state(desk.shop_id, wanted)
    assert (counts["withdrawn"], counts["issued"], sum(counts.values())) == (1, 1, 2)
    assert [len(page) for page in queries.walk(desk.shop_id, RegisterFilter())] == [2]
    assert queries.register(uuid4(), RegisterFilter()) == queries.by_ids(uuid4(), [made.id]) == []


def test_what_stands_on_an_invoice_is_kept_in_sql(desk: Desk) -> None:
    order = desk.buy()
    desk.ask(order)
    for statement in (
        "UPDATE invoices_invoice SET total_minor = total_minor + 1",
        "DELETE FROM invoices_invoice",
        "UPDATE invoices_line SET amount_minor = 1",
        "DELETE FROM invoices_line",
    ):
        with pytest.raises(Exception, match=r"cannot change|refused"), transaction.atomic(), connection.cursor() as c:
            c.execute(statement)
    blob = sql("SELECT title_blob FROM invoices_invoice")[0][0]
    assert "张三" not in bytes(blob).decode("utf-8", "replace")
    assert "张三" not in repr(replace(PERSON))
