"""Suppliers are asked about codes that they sold: their state, taking them back, complaints. At real stand-ins."""

import json
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from goodfor.supply import queries
from goodfor.supply.inquiry_models import BoughtCode, Inquiry
from goodfor.supply.operations.ask import ask_due
from goodfor.supply.operations.ask_about import ask_about
from goodfor.supply.operations.complain_about import complain_about
from goodfor.supply.operations.hear_ticket import hear_ticket
from goodfor.supply.operations.inquire import inquire_due
from goodfor.supply.operations.void_codes_at_supplier import void_codes_at_supplier
from goodfor.supply.providers.values import Ticket, TicketEvent
from goodfor.supply.tests.conftest import broken_truths
from goodfor.supply.tests.market import Market, rows


def bought(fair: Market, units: int = 2, *, protocol: str = "kayixin", **more: object) -> tuple[UUID, list[UUID]]:
    """A purchase of a new supplier: its line and the codes, in their order there."""
    fair.supplier("kaya", protocol=protocol, **more)  # type: ignore[arg-type]
    line = fair.want(units)
    fair.buy()
    (attempt,) = fair.attempts(line)
    found = BoughtCode.objects.filter(shop_id=fair.shop, attempt_id=attempt.id).order_by("code_ref")
    return line, [one.code_id for one in found]


def ref_of(code: UUID) -> str:
    return BoughtCode.objects.get(code_id=code).code_ref


def steps(fair: Market, *seconds: float) -> None:
    """What is due, at each of these times after the beginning."""
    for one in seconds:
        inquire_due(now=fair.to(one))


def said(fair: Market, subject: UUID) -> list[tuple[str, str, str]]:
    return [(one.kind, one.state, one.said) for one in queries.inquiries(fair.shop, subject)]


def answers(name: str) -> list[dict[str, object]]:
    return [json.loads(row[0]) for row in rows("SELECT payload FROM kernel_event WHERE name = %s ORDER BY id", [name])]


def test_a_code_knows_its_purchase(fair: Market) -> None:
    line, codes = bought(fair)
    (attempt,) = fair.attempts(line)
    assert len(codes) == 2
    assert {row[0] for row in rows("SELECT id FROM vault_code WHERE holder_id = %s", [line])} == set(codes)
    origin = queries.origin_of_codes(fair.shop, [*codes, uuid4()])
    assert set(origin) == set(codes)
    one = origin[codes[0]]
    assert (one.attempt_id, one.supplier, one.number) == (attempt.id, "kaya", attempt.number)
    assert (one.can_ask, one.can_void, one.can_complain) == (True, True, True)
    assert queries.origin_of_codes(uuid4(), codes) == {}


def test_what_they_can_do_is_what_is_said(fair: Market) -> None:
    _line, codes = bought(fair, 1, protocol="kasushou")
    one = queries.origin_of_codes(fair.shop, codes)[codes[0]]
    assert (one.can_ask, one.can_void, one.can_complain) == (False, False, True)
    subject = uuid4()
    told = {"shop_id": fair.shop, "subject": subject, "code_ids": codes, "now": fair.at}
    assert (ask_about(**told), void_codes_at_supplier(**told)) == (1, 1)  # type: ignore[arg-type]
    steps(fair, 1)
    assert sorted(said(fair, subject)) == [("ask", "failed", "silent"), ("void", "failed", "refused")]


def test_cards_that_they_do_not_take_back(fair: Market) -> None:
    _line, codes = bought(fair, 1, item={"detail": {"may_void": False}})
    one = queries.origin_of_codes(fair.shop, codes)[codes[0]]
    assert (one.can_ask, one.can_void) == (True, False)


def test_each_state_is_told(fair: Market) -> None:
    _line, codes = bought(fair, 5)
    site = fair.sites["kaya"]
    used_at = fair.at - timedelta(hours=3)
    site.use(ref_of(codes[1]), at=used_at.timestamp())
    site.use(ref_of(codes[2]), "invalid")
    site.use(ref_of(codes[3]), "processed")
    site.use(ref_of(codes[4]), "voided")
    subject = uuid4()
    assert ask_about(shop_id=fair.shop, subject=subject, code_ids=codes, now=fair.at) == 5
    assert ask_about(shop_id=fair.shop, subject=subject, code_ids=codes, now=fair.at) == 0
    steps(fair, 1)
    found = {one.code_id: one for one in queries.inquiries(fair.shop, subject)}
    assert [found[code].said for code in codes] == ["unused", "used", "invalid", "locked", "voided"]
    assert found[codes[1]].used_at == used_at.replace(microsecond=0)
    assert {one.state for one in found.values()} == {"done"}
    told = answers("supply.answered")
    assert len(told) == 5
    assert {one["said"] for one in told if one["code_id"] == str(codes[2])} == {"invalid"}
    # The same later asks nobody; anew does.
    assert ask_about(shop_id=fair.shop, subject=subject, code_ids=codes, now=fair.at) == 0
    assert ask_about(shop_id=fair.shop, subject=subject, code_ids=codes[:1], now=fair.at, anew=True) == 1
    steps(fair, 2)
    assert len(answers("supply.answered")) == 6


def test_a_supplier_that_is_down_is_asked_again_then_silent(fair: Market) -> None:
    _line, codes = bought(fair, 1)
    fair.sites["kaya"].fault("down", times=3)
    subject = uuid4()
    ask_about(shop_id=fair.shop, subject=subject, code_ids=codes, now=fair.at)
    steps(fair, 1, 4)
    assert said(fair, subject) == [("ask", "due", "")]
    steps(fair, 12, 40)
    assert said(fair, subject) == [("ask", "done", "unused")]
    fair.sites["kaya"].fault("down", times=None)
    other = uuid4()
    ask_about(shop_id=fair.shop, subject=other, code_ids=codes, now=fair.at)
    steps(fair, 60, 80, 120, 300, 700, 1000, 1300, 1700)
    assert said(fair, other) == [("ask", "failed", "silent")]
    assert [one["said"] for one in answers("supply.answered")] == ["unused", "silent"]


def test_a_void_pays_back_and_is_expected(fair: Market) -> None:
    line, codes = bought(fair, 2)
    site, before = fair.sites["kaya"], fair.prepaid("kaya")
    subject = uuid4()
    assert void_codes_at_supplier(shop_id=fair.shop, subject=subject, code_ids=codes[:1], now=fair.at) == 1
    steps(fair, 1)
    assert said(fair, subject) == [("void", "done", "voided")]
    ask_due(now=fair.to(2))
    (attempt,) = fair.attempts(line)
    assert (attempt.state, attempt.refunded) == ("delivered", Decimal("8"))
    assert fair.prepaid("kaya") == before + 800
    assert rows("SELECT kind, open FROM supply_finding") == [("refund", False)]
    assert answers("supply.refunded_after_success") == []
    # Somebody else does not get it back a second time, and a used one not at all.
    site.use(ref_of(codes[1]))
    other = uuid4()
    assert void_codes_at_supplier(shop_id=fair.shop, subject=other, code_ids=codes, now=fair.at) == 2
    steps(fair, 3)
    ends = {one.code_id: one.said for one in queries.inquiries(fair.shop, other)}
    assert ends == {codes[0]: "refused", codes[1]: "used"}
    assert site.totals()["refunded"] == "8.0000"
    assert site.totals()["calls"]["void: ok"] == 1


@pytest.mark.parametrize("lost", ["lost_answer", "lost_request"])
def test_a_void_of_unknown_end_is_asked_about(fair: Market, lost: str) -> None:
    _line, codes = bought(fair, 1)
    site = fair.sites["kaya"]
    site.fault(lost, on="void")
    subject = uuid4()
    void_codes_at_supplier(shop_id=fair.shop, subject=subject, code_ids=codes, now=fair.at)
    steps(fair, 1)
    assert said(fair, subject) == [("void", "sent", "")]
    steps(fair, 4)
    if lost == "lost_answer":
        assert said(fair, subject) == [("void", "done", "voided")]
        assert site.totals()["calls"]["void: ok, fault"] == 1
    else:
        # Unused, said once: it may still be under way.
        assert said(fair, subject) == [("void", "sent", "")]
        steps(fair, 10, 30, 62)
        assert "void: ok" not in site.totals()["calls"]
        steps(fair, 140, 145)
        assert said(fair, subject) == [("void", "done", "voided")]
        assert site.totals()["calls"]["void: ok"] == 1
    assert site.totals()["refunded"] == "8.0000"


def test_voiding_is_not_voided(fair: Market) -> None:
    _line, codes = bought(fair, 2)
    site = fair.sites["kaya"]
    site.fault("slow_void", seconds=100, times=2)
    subject = uuid4()
    void_codes_at_supplier(shop_id=fair.shop, subject=subject, code_ids=codes, now=fair.at)
    steps(fair, 1, 5, 20)
    assert {one[1:] for one in said(fair, subject)} == {("sent", "")}
    assert answers("supply.answered") == []
    # One is used while they are at it: it does not come back.
    site.use(ref_of(codes[1]))
    steps(fair, 60, 130, 260)
    ends = {one.code_id: one.said for one in queries.inquiries(fair.shop, subject)}
    assert ends == {codes[0]: "voided", codes[1]: "used"}
    assert site.totals()["refunded"] == "8.0000"


def test_two_who_void_the_same_code(fair: Market) -> None:
    _line, codes = bought(fair, 1)
    fair.sites["kaya"].fault("slow_void", seconds=5)
    one, two = uuid4(), uuid4()
    for subject in (one, two):
        void_codes_at_supplier(shop_id=fair.shop, subject=subject, code_ids=codes, now=fair.at)
    steps(fair, 1, 4, 8, 16, 40)
    assert sorted([said(fair, one)[0][2], said(fair, two)[0][2]]) == ["refused", "voided"]
    won = Inquiry.objects.get(said="voided")
    with pytest.raises(IntegrityError), transaction.atomic():
        Inquiry.objects.filter(said="refused").update(said="voided")
    assert won.calls == 1


def test_lies_are_told_on(fair: Market) -> None:
    _line, codes = bought(fair, 1)
    site = fair.sites["kaya"]
    site.use(ref_of(codes[0]))
    site.fault("lies_about_codes", times=None)
    subject = uuid4()
    told = {"shop_id": fair.shop, "subject": subject, "code_ids": codes, "now": fair.at}
    ask_about(**told)  # type: ignore[arg-type]
    void_codes_at_supplier(**told)  # type: ignore[arg-type]
    steps(fair, 1)
    # They say that it is unused, and do not take it back.
    assert sorted(said(fair, subject)) == [("ask", "done", "unused"), ("void", "done", "refused")]
    assert site.totals()["refunded"] == "0.0000"


def test_a_complaint_that_is_upheld(fair: Market) -> None:
    line, codes = bought(fair, 2)
    site = fair.sites["kaya"]
    site.use(ref_of(codes[0]), "invalid")
    site.fault("judge", seconds=30)
    subject = uuid4()
    told = {"shop_id": fair.shop, "subject": subject, "code_ids": codes, "text": "无效", "now": fair.at}
    assert complain_about(**told) == 1  # type: ignore[arg-type]
    assert complain_about(**told) == 0  # type: ignore[arg-type]
    steps(fair, 1)
    (one,) = queries.inquiries(fair.shop, subject)
    assert (one.state, one.ticket[:1]) == ("sent", "T")
    assert site.books()["tickets"][0]["text"] == f"无效 {ref_of(codes[0])} {ref_of(codes[1])}"
    fair.to(40)
    (attempt,) = fair.attempts(line)
    event = TicketEvent(Ticket(one.ticket, "done", "已核实并退款"), attempt.number, attempt.ref)
    with transaction.atomic():
        assert hear_ticket(shop_id=fair.shop, supplier_id=fair.ids["kaya"], event=event, now=fair.at) == 1
    steps(fair, 41)
    (one,) = queries.inquiries(fair.shop, subject)
    assert (one.state, one.said, one.amount_minor, one.currency, one.reply) == (
        "done", "upheld", 800, "CNY", "已核实并退款",
    )  # fmt: skip
    assert [(end["outcome"], end["amount_minor"]) for end in answers("supply.complaint_ended")] == [("upheld", 800)]
    assert answers("supply.answered") == []
    assert rows("SELECT kind, open FROM supply_finding") == [("refund", False)]


def test_a_complaint_that_is_refused_and_one_that_is_lost(fair: Market) -> None:
    line, codes = bought(fair, 1)
    site = fair.sites["kaya"]
    site.fault("lost_request", on="complain")
    subject = uuid4()
    complain_about(shop_id=fair.shop, subject=subject, code_ids=codes, text="无效", now=fair.at)
    steps(fair, 1, 5)
    assert (said(fair, subject), site.books()["tickets"]) == ([("complain", "sent", "")], [])
    steps(fair, 700, 710, 720)
    assert len(site.books()["tickets"]) == 1
    (attempt,) = fair.attempts(line)
    event = TicketEvent(Ticket("", "ended", "不成立"), attempt.number)
    with transaction.atomic():
        hear_ticket(shop_id=fair.shop, supplier_id=fair.ids["kaya"], event=event, now=fair.at)
    steps(fair, 730)
    assert said(fair, subject) == [("complain", "sent", "")]
    steps(fair, 12_000)
    assert said(fair, subject) == [("complain", "done", "refused")]
    assert [(end["outcome"], end["amount_minor"]) for end in answers("supply.complaint_ended")] == [("refused", 0)]


def test_their_calls_are_heard_about_complaints(fair: Market) -> None:
    _line, codes = bought(fair, 1, protocol="kasushou")
    subject = uuid4()
    complain_about(shop_id=fair.shop, subject=subject, code_ids=codes, text="无效", now=fair.at)
    steps(fair, 1)
    (one,) = queries.inquiries(fair.shop, subject)
    assert (one.state, bool(one.ticket)) == ("sent", True)
    site = fair.sites["kaya"]
    site.reply(site.books()["tickets"][0]["ref"], "退款", refund="8")
    steps(fair, 4000)
    (one,) = queries.inquiries(fair.shop, subject)
    assert (one.said, one.amount_minor) == ("upheld", 800)


def test_money_for_a_void_is_no_answer_to_a_complaint(fair: Market) -> None:
    line, codes = bought(fair, 2)
    subject = uuid4()
    void_codes_at_supplier(shop_id=fair.shop, subject=subject, code_ids=codes[:1], now=fair.at)
    steps(fair, 1)
    complain_about(shop_id=fair.shop, subject=subject, code_ids=codes[1:], text="无效", now=fair.at)
    steps(fair, 2, 700)
    (attempt,) = fair.attempts(line)
    assert attempt.refunded == Decimal("8")
    assert sorted(said(fair, subject)) == [("complain", "sent", ""), ("void", "done", "voided")]


def test_truths_about_questions_bite(fair: Market) -> None:
    _line, codes = bought(fair, 1)
    subject = uuid4()
    ask_about(shop_id=fair.shop, subject=subject, code_ids=codes, now=fair.at)
    known = Inquiry.objects.filter(shop_id=fair.shop, subject=subject)
    known.update(next_at=None)
    assert [name for name, _found in broken_truths()] == ["supply_inquiries_answered"]
    with pytest.raises(IntegrityError), transaction.atomic():
        known.update(state="done", ended_at=fair.at)
    known.update(next_at=fair.at)
