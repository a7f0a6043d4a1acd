"""Codes in the books of stand-ins: used, invalid, taken back; complaints that are decided by themselves; lies."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from goodfor.sandbox.suppliers.desk import Desk
from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox
from goodfor.sandbox.suppliers.types import Order, Refused, Wanted
from goodfor.sandbox.types import GatewayError


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[SupplierSandbox]:
    with SupplierSandbox(tmp_path / "books", seed=5) as running:
        yield running


@pytest.fixture
def site(sandbox: SupplierSandbox) -> StandIn:
    made = sandbox.site("kayixin", "a", balance=10_000)
    made.seed(1, cost="10", stock=None)
    return made


def at_desk(sandbox: SupplierSandbox, site: StandIn, endpoint: str) -> Desk:
    desk = Desk(sandbox.house, site.site, site.base_url)
    desk.begin(endpoint)
    return desk


def bought(sandbox: SupplierSandbox, site: StandIn, number: str = "1", units: int = 3) -> Order:
    return at_desk(sandbox, site, "create").create(Wanted(number, "1001", units))


def states(site: StandIn, number: str = "1") -> list[str]:
    return [code.state for code in site.order(number).codes]


def test_codes_are_marked_by_number_or_secret(sandbox: SupplierSandbox, site: StandIn) -> None:
    one, two, three = bought(sandbox, site).codes
    assert site.use(one.ref) == one.ref
    assert site.use(two.secret, "used", at=1_700_000_000.5) == two.ref
    assert sandbox.control.use("kayixin", "a", three.secret, "invalid") == three.ref
    assert states(site) == ["used", "used", "invalid"]
    first, second, third = site.order("1").codes
    assert abs((first.used_ms or 0) - time.time() * 1000) < 60_000
    assert (second.used_ms, third.used_ms) == (1_700_000_000_500, None)
    with pytest.raises(GatewayError):
        site.use("nothing")
    with pytest.raises(GatewayError):
        site.use(one.ref, "eaten")
    site.use(one.ref, "unused")
    assert site.order("1").codes[0].used_ms is None


def test_a_slow_void_takes_its_time(sandbox: SupplierSandbox, site: StandIn) -> None:
    one, two, _three = bought(sandbox, site).codes
    site.fault("slow_void", seconds=0.1, times=2)
    for code in (one, two):
        assert at_desk(sandbox, site, "void").void(code.ref).state == "voiding"
    assert site.totals()["refunded"] == "0.0000"
    with pytest.raises(Refused):
        at_desk(sandbox, site, "void").void(one.ref)
    site.use(two.ref)
    assert sandbox.wait_quiet()
    assert states(site) == ["voided", "used", "unused"]
    assert (site.totals()["refunded"], site.totals()["balanced"]) == ("10.0000", True)


def test_lies_are_of_the_same_codes_always(sandbox: SupplierSandbox, site: StandIn) -> None:
    codes = bought(sandbox, site, units=200).codes
    for code in codes[100:]:
        site.use(code.ref)
    site.fault("lies_about_codes", share=0.2, times=None)

    def lied() -> list[bool]:
        return [
            at_desk(sandbox, site, "code_state").code_told(code.ref).state != ("unused" if place < 100 else "used")
            for place, code in enumerate(codes)
        ]

    first = lied()
    assert 20 <= sum(first) <= 60
    assert any(first[:100])
    assert any(first[100:])
    assert lied() == first
    assert sandbox.hits("lies_about_codes") == 2 * sum(first)


def test_complaints_are_judged_by_the_books(sandbox: SupplierSandbox, site: StandIn) -> None:
    order = bought(sandbox, site, units=4)
    bad, before, since, _good = order.codes
    site.use(bad.ref, "invalid")
    site.use(before.ref, at=order.created_ms / 1000 - 60)
    site.use(since.ref, at=order.created_ms / 1000 + 60)
    site.fault("judge", times=None)
    for number, paid in (("1", "20.0000"), ("1", "20.0000")):
        ticket = at_desk(sandbox, site, "complain").complain(site.order(number), "坏卡", "")
        assert sandbox.wait_quiet()
        assert at_desk(sandbox, site, "ticket").ticket(ticket.ref).state == "done"
        assert site.totals()["refunded"] == paid
    site.fault("judge", outcome="upheld")
    assert site.totals()["balanced"]


def test_what_comes_after_the_sale_may_be_down_alone(sandbox: SupplierSandbox, site: StandIn) -> None:
    site.fault("down", times=None)
    for endpoint in ("code_state", "void", "complain"):
        with pytest.raises(Exception, match="fault"):
            at_desk(sandbox, site, endpoint)
    assert bought(sandbox, site).state == "success"


def test_a_complaint_is_answered_by_hand_with_money(sandbox: SupplierSandbox, site: StandIn) -> None:
    ticket = at_desk(sandbox, site, "complain").complain(bought(sandbox, site), "坏卡", "")
    site.reply(ticket.ref, "退一半", refund="15")
    assert (site.totals()["refunded"], site.books()["tickets"][0]["state"]) == ("15.0000", "done")
    with pytest.raises(GatewayError):
        site.reply("none", "")
