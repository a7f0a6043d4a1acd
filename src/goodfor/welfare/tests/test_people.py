"""Who is on the list, who joins and how, who looks after a company, and what is given by itself."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from goodfor.kernel.errors import DomainError
from goodfor.notify.operations.open_channel_account import open_channel_account
from goodfor.orders.tests.factories import relay_all, sql, together
from goodfor.welfare import parsing, queries
from goodfor.welfare.errors import MailTaken, PrepaymentDiffers, SignInFirst
from goodfor.welfare.models import Employee, Grant
from goodfor.welfare.operations.agree_grant import drop_grant, give_what_was_agreed
from goodfor.welfare.operations.ask_invoice import ask_invoice, end_invoice
from goodfor.welfare.operations.join import free_employees, join_by_link, join_by_mail
from goodfor.welfare.operations.leave import mark_left
from goodfor.welfare.operations.run_rules import run_rules
from goodfor.welfare.operations.send_invitations import ask_invitations, send_invitations
from goodfor.welfare.operations.set_people import add_person, remove_person
from goodfor.welfare.operations.set_rule import make_rule, switch_rule
from goodfor.welfare.operations.sign_in import forget_sessions, sign_in, sign_out
from goodfor.welfare.tests.conftest import World, company_of
from goodfor.welfare.types import RuleWish

pytestmark = pytest.mark.django_db(transaction=True)


def code_of(work: Any) -> str:
    try:
        work()
    except DomainError as error:
        return error.code
    return ""


def test_lists_of_employees(world: World) -> None:
    """Faults change nothing; a second list changes what it names; who left and is on it again is back."""
    bad = world.list_people(
        "工号,姓名,邮箱,手机,生日\nA01,林一,lin@other.example,,\nA02,,,,\nA06,六,lin@acme.example,,\n"
        "A07,七,seven,,\nA08,八,,123,\nA09,九,,,2-30\n1E+11,十,,,\nA10,一,a@acme.example,,\nA10,二,,,\nA11,三,,,,市场\n"
    )
    assert [(one.line, one.code) for one in bad.faults] == [
        (2, parsing.DOMAIN), (3, parsing.EMPTY), (4, parsing.MAIL), (5, parsing.MAIL), (6, parsing.NUMBER),
        (7, parsing.DAY), (8, parsing.CELL), (10, parsing.TWICE), (11, parsing.SURPLUS),
    ]  # fmt: skip
    assert Employee.objects.count() == 5
    mark_left(
        shop_id=world.shop_id, company_id=world.company_id, employees=[world.who("A05")], actor="t", now=world.now
    )
    again = world.list_people("工号,姓名,部门\nA01,林一一,市场\nA05,赵五,\nA06,六,行政\n", only_look=True)
    assert (again.added, again.changed, Employee.objects.count()) == (1, 2, 5)
    world.list_people("工号,姓名,部门\nA01,林一一,市场\nA05,赵五,\nA06,六,行政\n", invite=True)
    found = {one.work_id: one for one in queries.employees(world.shop_id, world.company_id)}
    assert (found["A01"].name, found["A01"].department, found["A01"].mail) == ("林一一", "市场", "lin@acme.example")
    assert (found["A05"].state, found["A05"].department, found["A06"].state) == ("invited", "行政", "invited")
    assert list(Employee.objects.filter(invite_due=True).values_list("work_id", flat=True)) == ["A01"]
    assert [one.work_id for one in queries.employees(world.shop_id, world.company_id, words="wang@acme.example")] == [
        "A02"
    ]
    assert queries.counts(world.shop_id, world.company_id) == {"invited": 6}
    mark_left(
        shop_id=world.shop_id, company_id=world.company_id, employees=[world.who("A02")], actor="t", now=world.now
    )
    world.list_people("工号,姓名,邮箱\nA20,新人,wang@acme.example\n")
    back = world.list_people("工号,姓名\nA02,王二\n")
    assert [one.code for one in back.faults] == [parsing.MAIL]
    assert world.list_people("工号,姓名,邮箱\nA02,王二,wang2@acme.example\n").changed == 1
    stored = sql("SELECT string_agg(e::text, ' ') FROM welfare_employee e")[0][0]
    assert "acme.example" not in stored
    assert world.faults() == {}


def test_joining_by_a_link(world: World) -> None:
    """Once; one buyer is one employee; of another company he may be one, too."""
    buyer_id = world.join("A01")
    join: dict[str, Any] = {"shop_id": world.shop_id, "now": world.now}
    token = queries.link_of(world.shop_id, world.company_id, world.who("A02"))
    assert queries.invited_by(world.shop_id, token).code == "acme"
    assert code_of(lambda: join_by_link(**join, token=token, buyer_id=buyer_id)) == "welfare_already_joined"
    assert code_of(lambda: join_by_link(**join, token=token + "x", buyer_id=uuid4())) == "welfare_not_invited"
    answers = together(lambda _n: str(join_by_link(**join, token=token, buyer_id=uuid4())), 5)
    assert sorted(answers).count("welfare_not_invited") == 4
    assert code_of(lambda: join_by_link(**join, token=token, buyer_id=uuid4())) == "welfare_not_invited"
    assert free_employees(shop_id=world.shop_id, buyer_id=buyer_id, now=world.now) == 1
    assert queries.memberships(world.shop_id, buyer_id, world.now) == []
    assert world.faults() == {}


def test_joining_by_mail(world: World) -> None:
    """Only an address of the company's own domain, and only of who is on its list."""
    join: dict[str, Any] = {"shop_id": world.shop_id, "now": world.now}
    mine = uuid4()
    assert join_by_mail(**join, mail=" LIN@acme.example", buyer_id=mine) == world.company_id
    assert join_by_mail(**join, mail="lin@acme.example", buyer_id=mine) == world.company_id
    assert code_of(lambda: join_by_mail(**join, mail="lin@acme.example", buyer_id=uuid4())) == "welfare_not_invited"
    assert code_of(lambda: join_by_mail(**join, mail="nobody@acme.example", buyer_id=uuid4())) == "welfare_not_invited"
    other = company_of(world.shop, world.now, "other")
    world.company_id, was = other, world.company_id
    world.list_people("工号,姓名,邮箱\n1,甲,jia@other.example\n")
    assert join_by_mail(**join, mail="jia@other.example", buyer_id=mine) == other
    world.company_id = was
    assert {one.company.code for one in queries.memberships(world.shop_id, mine, world.now)} == {"acme", "other"}


def test_people_sign_in_and_go(world: World) -> None:
    """By a mail address that is somebody's; removed they are out at once."""
    told: dict[str, Any] = {
        "shop_id": world.shop_id, "company_id": world.company_id, "actor": "staff:t", "now": world.now,
    }  # fmt: skip
    boss = add_person(**told, mail="Boss@acme.example", name="主管", role="manager")
    assert queries.looks_after(world.shop_id, "boss@acme.example")
    with pytest.raises(MailTaken):
        add_person(**told, mail="boss@acme.example", name="主管", role="viewer")
    with pytest.raises(SignInFirst):
        sign_in(shop_id=world.shop_id, mail="nobody@acme.example", now=world.now)
    here = sign_in(shop_id=world.shop_id, mail="boss@acme.example", now=world.now)
    seen = queries.signed_in(world.shop_id, here.token, world.now)
    assert (seen.person.id, seen.company.id, seen.person.manages) == (boss.id, world.company_id, True)
    for at, token in ((world.now + timedelta(hours=13), here.token), (world.now, here.token + "x")):
        with pytest.raises(SignInFirst):
            queries.signed_in(world.shop_id, token, at)
    sign_out(shop_id=world.shop_id, session_id=here.session_id, now=world.now)
    again = sign_in(shop_id=world.shop_id, mail="boss@acme.example", now=world.now)
    remove_person(**told, person_id=boss.id)
    with pytest.raises(SignInFirst):
        queries.signed_in(world.shop_id, again.token, world.now)
    assert add_person(**told, mail="boss@acme.example", name="主管", role="viewer").id == boss.id
    assert forget_sessions(now=world.now + timedelta(days=40)) == 2
    assert world.faults() == {}


def test_money_is_entered_once(world: World) -> None:
    """By the bank's reference, whoever enters it how often; an invoice is asked for once."""
    world.prepay(1_000_00, "B-1")
    assert world.budget == 1_000_00
    other = company_of(world.shop, world.now, "other")
    for minor, company_id in ((1, world.company_id), (1_000_00, other)):
        with pytest.raises(PrepaymentDiffers):
            world.prepay(minor, "B-1", company_id)
    assert sorted(together(lambda _n: str(world.prepay(5_00, "B-7")), 4)) == ["None"] * 4
    assert world.budget == 1_005_00
    assert world.booked("1002:bank:icbc") == 1_005_00
    paid = queries.prepayments(world.shop_id, world.company_id)
    told: dict[str, Any] = {"shop_id": world.shop_id, "now": world.now, "actor": "t"}
    asked = {"company_id": world.company_id, "title": "甲公司", "tax_number": "91310000MA1K000001"}
    wish = ask_invoice(**told, **asked, prepayment_id=paid[0].id)
    assert ask_invoice(**told, **asked, prepayment_id=paid[0].id).id == wish.id
    assert [one.id for one in queries.invoices_asked(world.shop_id)] == [wish.id]
    end_invoice(**told, invoice_id=wish.id, number="25310000000001")
    assert code_of(lambda: end_invoice(**told, invoice_id=wish.id, reason="x")) == "illegal_transition"
    first = queries.prepayments(world.shop_id, world.company_id)[0].invoice
    assert first is not None
    assert (first.state, first.number) == ("written", "25310000000001")
    assert world.faults() == {}


def rule(world: World, kind: str, minor: int, **more: Any) -> Any:
    return make_rule(
        shop_id=world.shop_id, company_id=world.company_id, wish=RuleWish(kind, f"规则 {kind}", minor, 30, **more),
        actor="t", now=world.now,
    )  # fmt: skip


def given(world: World, *work_ids: str) -> list[int]:
    while give_what_was_agreed(now=world.now):
        pass
    return [world.held(one) for one in work_ids]


def test_birthdays_and_anniversaries_come_once_a_year(world: World) -> None:
    """A leap day on the 28th; days that nobody looked at are made up for; again nothing."""
    world.now = datetime(2027, 2, 25, 2, tzinfo=UTC)
    rule(world, "birthday", 88_00)
    rule(world, "anniversary", 10_00)
    assert run_rules(now=world.now) == 0
    world.now = datetime(2027, 3, 1, 2, tzinfo=UTC)
    assert run_rules(now=world.now) == 2
    assert run_rules(now=world.now) == 0
    assert given(world, "A01", "A02") == [98_00, 0]
    world.now = datetime(2027, 3, 8, 2, tzinfo=UTC)
    # A birthday that is put right afterwards does not give a second time.
    Employee.objects.filter(work_id="A01").update(birthday=308)
    assert run_rules(now=world.now) == 1
    assert given(world, "A01", "A02") == [98_00, 88_00]
    world.now = datetime(2027, 12, 31, 2, tzinfo=UTC)
    world.prepay(1_000_00)
    assert run_rules(now=world.now) == 2
    assert given(world, "A04") == [98_00]
    world.now = datetime(2028, 2, 28, 2, tzinfo=UTC)
    assert run_rules(now=world.now) == 0
    world.now = datetime(2028, 2, 29, 2, tzinfo=UTC)
    assert run_rules(now=world.now) == 1
    assert world.faults() == {}


def test_a_rule_short_of_money_gives_nobody_anything_until_there_is(world: World) -> None:
    """Told once, tried again once money came, or dropped."""
    world.now = datetime(2026, 12, 1, 2, tzinfo=UTC)
    rule(world, "festival", 300_00, on_day=date(2026, 12, 2))
    off = rule(world, "festival", 1_00, on_day=date(2026, 12, 2), department="行政")
    switch_rule(shop_id=world.shop_id, company_id=world.company_id, rule_id=off.id, on=False, actor="t", now=world.now)
    world.now += timedelta(days=1)
    assert run_rules(now=world.now) == 0
    assert given(world, "A01") == [0]
    (short,) = queries.grants(world.shop_id, world.company_id)
    assert (short.state, short.lines, short.total.amount_minor) == ("short", 5, 1_500_00)
    assert sql("SELECT payload ->> 'missing_minor' FROM kernel_event WHERE name = 'welfare.budget_was_short'") == [
        ("50000",)
    ]
    assert run_rules(now=world.now + timedelta(hours=1)) == 0
    world.prepay(500_00)
    assert run_rules(now=world.now + timedelta(hours=2)) == 1
    assert given(world, "A01", "A05") == [300_00, 300_00]
    assert (world.budget, Grant.objects.count()) == (0, 1)
    rule(world, "festival", 1_00, on_day=date(2026, 12, 3), department="行政")
    world.now += timedelta(days=1)
    run_rules(now=world.now)
    latest = queries.grants(world.shop_id, world.company_id)[0]
    assert (latest.state, latest.lines) == ("short", 2)
    drop_grant(shop_id=world.shop_id, company_id=world.company_id, grant_id=latest.id, actor="t", now=world.now)
    world.prepay(5_00)
    assert run_rules(now=world.now) == 0
    assert world.faults() == {}


def test_people_are_told_by_mail(world: World) -> None:
    """Who looks after a company, who is to join, and that a rule was short: each once; the link is sealed."""
    told: dict[str, Any] = {"shop_id": world.shop_id, "company_id": world.company_id, "actor": "t", "now": world.now}
    open_channel_account(
        shop_id=world.shop_id, channel="email", provider="smtp", name="SMTP", secrets={}, actor="t", now=world.now,
        config={"host": "127.0.0.1", "port": 9, "security": "none", "from_email": "shop@shop.example"},
    )  # fmt: skip
    add_person(**told, mail="boss@acme.example", name="主管", role="manager")
    link = queries.link_of(world.shop_id, world.company_id, world.who("A01"))
    ids = [world.who("A01"), world.who("A05")]
    assert ask_invitations(shop_id=world.shop_id, company_id=world.company_id, employees=ids) == 1
    assert send_invitations(now=world.now) == 1
    assert send_invitations(now=world.now) == 0
    rule(world, "festival", 900_00, on_day=world.now.date() + timedelta(days=1))
    world.wait(1)
    run_rules(now=world.now)
    relay_all(world.now)
    rows = sql("SELECT scene, m::text FROM notify_message m WHERE channel = 'email' ORDER BY scene")
    assert [row[0] for row in rows] == ["welfare_invited", "welfare_person", "welfare_short"]
    assert not [row for row in rows if link in row[1] or "lin@acme" in row[1]]
