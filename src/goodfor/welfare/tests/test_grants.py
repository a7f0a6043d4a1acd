"""Lists are looked at before anything moves, agreed to as they were, and given once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from goodfor.kernel.errors import DomainError
from goodfor.orders.tests.factories import sql, together
from goodfor.welfare import parsing, queries, states
from goodfor.welfare.errors import BudgetShort, FileDiffers, FileFaulty, GrantGone
from goodfor.welfare.operations.agree_grant import drop_grant, give_on, give_what_was_agreed
from goodfor.welfare.operations.grant_now import grant_now
from goodfor.welfare.operations.leave import mark_left
from goodfor.welfare.tests.conftest import World
from goodfor.welfare.types import GrantWish

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_fault_is_told_and_nothing_moves(world: World) -> None:
    """Each line says what is wrong with it; such a list cannot be agreed to."""
    mark_left(
        shop_id=world.shop_id, company_id=world.company_id, employees=[world.who("A05")], actor="t", now=world.now
    )
    drafted = world.draft(
        "工号,邮箱,金额,备注\nA01,,100,\nZ99,,100,\nA01,,50,\nA02,,-5,\nA05,,10,\nA03,,1E+05,\n,wang@acme.example,20,\n"
        "A02,li@acme.example,5,\nA04,,,\n,nobody,5,\nA04,,12,500.00\nA04,,12,500.00,x\n".encode("gbk")
    )
    assert [(one.line, one.code) for one in drafted.faults] == [
        (3, parsing.UNKNOWN), (4, parsing.TWICE), (5, parsing.NUMBER), (6, parsing.GONE), (7, parsing.CELL),
        (9, parsing.UNKNOWN), (10, parsing.EMPTY), (11, parsing.UNKNOWN), (12, parsing.SPLIT), (13, parsing.SURPLUS),
    ]  # fmt: skip
    assert (drafted.lines, drafted.total.amount_minor, drafted.state) == (2, 120_00, "draft")
    with pytest.raises(FileFaulty):
        world.agree(drafted)
    assert world.budget == 1_000_00
    assert world.held("A01") == 0
    assert world.faults() == {}


def test_a_list_is_given_once_to_whoever_joined_or_not(world: World) -> None:
    """Units wait for those who have not joined; both sides of the books move alike."""
    drafted = world.draft("工号,金额\nA01,100.01\nA05,20", key="one")
    assert world.draft("工号,金额\nA01,100.01\nA05,20", key="one").id == drafted.id
    with pytest.raises(FileDiffers):
        world.draft("工号,金额\nA01,100.02\nA05,20", key="one")
    assert world.agree(drafted).state == "running"
    assert queries.budget(world.shop_id, world.company_id).free_minor == 1_000_00 - 120_01
    assert world.budget == 1_000_00
    assert give_what_was_agreed(now=world.now) == 2
    assert give_what_was_agreed(now=world.now) == 0
    done = world.agree(drafted)
    assert (done.state, done.given, done.given_total.amount_minor, done.part) == ("done", 2, 120_01, 100)
    assert (world.held("A01"), world.held("A05")) == (100_01, 20_00)
    assert world.budget == 1_000_00 - 120_01
    assert world.booked("2203:points:welfare") == 120_01
    buyer_id = world.join("A05")
    (member,) = queries.memberships(world.shop_id, buyer_id, world.now)
    assert member.held.amount_minor == 20_00
    assert world.statement().balances
    assert world.faults() == {}


def test_a_budget_is_promised_once(world: World) -> None:
    """Of lists agreed to at the same moment those are given that the money does for, whole."""
    drafts = [world.draft("工号,金额\nA01,300\nA02,100") for _ in range(4)]
    answers = together(lambda n: world.agree(drafts[n]).state, 4)
    assert sorted(answers) == ["running", "running", "welfare_budget_short", "welfare_budget_short"]
    together(lambda n: give_on(shop_id=world.shop_id, grant_id=drafts[n].id, now=world.now, limit=1), 4)
    while give_what_was_agreed(now=world.now):
        pass
    assert (world.held("A01"), world.budget) == (600_00, 200_00)
    assert world.faults() == {}


def test_too_much_is_told_and_may_be_agreed_to_once_it_is_there(world: World) -> None:
    """What is short is no fault of a line."""
    drafted = world.draft("工号,金额\nA01,1500")
    assert [(one.line, one.code, one.what) for one in drafted.faults] == [(0, parsing.BUDGET, "50000")]
    with pytest.raises(BudgetShort) as short:
        world.agree(drafted)
    assert short.value.data["missing_minor"] == 500_00
    world.prepay(500_00, "B-2")
    assert world.agree(drafted).state == "running"


def test_steps_go_on_and_leavers_get_nothing(world: World) -> None:
    """Killed after any step, the next goes on; who left meanwhile is passed over, and his money stays."""
    drafted = world.draft("工号,金额\nA01,10\nA02,20\nA03,30\nA04,40")
    world.agree(drafted)
    give_on(shop_id=world.shop_id, grant_id=drafted.id, now=world.now, limit=2)
    left = mark_left(
        shop_id=world.shop_id, company_id=world.company_id, employees=[world.who("A02"), world.who("A03")], actor="t",
        now=world.now,
    )  # fmt: skip
    assert left == (2, 20_00)
    assert queries.budget(world.shop_id, world.company_id).promised_minor == 70_00
    give_on(shop_id=world.shop_id, grant_id=drafted.id, now=world.now, limit=2)
    done = queries.grant(world.shop_id, world.company_id, drafted.id)
    assert (done.state, done.walked, done.given, done.given_total.amount_minor) == ("done", 4, 3, 70_00)
    assert queries.budget(world.shop_id, world.company_id).free_minor == world.budget == 1_000_00 - 50_00
    assert world.statement().balances
    assert world.faults() == {}


def test_the_same_line_is_never_given_twice(world: World) -> None:
    """Whatever the rows say: the database refuses."""
    drafted = world.give(("A01", "10"))
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE welfare_grant_line SET given = NULL WHERE grant_id = %s", [drafted.id])
    with pytest.raises(IntegrityError), transaction.atomic():
        sql("UPDATE welfare_prepayment SET minor = minor + 1")
    with pytest.raises(GrantGone):
        drop_grant(
            shop_id=world.shop_id, company_id=world.company_id, grant_id=drafted.id, actor="t", now=world.now
        )  # fmt: skip


def test_a_program_grants_all_or_nothing(world: World) -> None:
    """Once for its key."""

    def ask(key: str, *people: tuple[str, str, str]) -> str:
        try:
            return grant_now(
                shop_id=world.shop_id, company_id=world.company_id, people=people, request_key=key, actor="api:t",
                wish=GrantWish("生日", world.now + timedelta(days=30)), now=world.now,
            ).state  # fmt: skip
        except DomainError as error:
            return f"{error.code} {error.data.get('lines')}"

    assert ask("a", ("A01", "5", ""), ("zhang@acme.example", "6.5", "x")) == states.RUNNING
    assert ask("a", ("A01", "5", ""), ("zhang@acme.example", "6.5", "x")) == states.RUNNING
    assert ask("b", ("A01", "5", ""), ("B", "6", "")) == "welfare_file_faulty [[2, 'unknown', 'B']]"
    assert ask("c", ("A01", "5000", "")).startswith("welfare_file_faulty")
    give_what_was_agreed(now=world.now)
    assert (world.held("A01"), world.held("A03")) == (5_00, 6_50)
    assert len(queries.grants(world.shop_id, world.company_id)) == 1
    assert world.faults() == {}
