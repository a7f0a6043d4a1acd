"""Versions of runs, the pool, persons' pairs, imports and their guards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from goodfor.identity.tests.factories import make_shop
from goodfor.recon import queries, states
from goodfor.recon.errors import DayClosed, DayNotClosable, NothingToCompare, PairRefused
from goodfor.recon.models import Row
from goodfor.recon.operations.close_day import close_day
from goodfor.recon.operations.confirm_pair import confirm_pair
from goodfor.recon.rehearsal import DAY, MAIN, World
from goodfor.recon.sheet import Due
from goodfor.recon.sources import Missing
from goodfor.recon.staging import Chain
from goodfor.recon.tests.steps import compare, found, matches, sql
from goodfor.recon.types import Brought, RowIn, Scope

pytestmark = pytest.mark.django_db
SCOPE = Scope(UUID(int=0), states.CHANNEL, MAIN, DAY)


def paid(number: int, at: datetime, amount: int = 1000, **words: object) -> RowIn:
    row = RowIn("payment", f"s{number}", DAY, at, amount, "CNY", f"P{number}", f"t{number}", post_ref=f"pay:{number}")
    return replace(row, **words)  # type: ignore[arg-type]


def world_of(now: datetime, *numbers: int, ours: bool = True, theirs: bool = True) -> World:
    world = World()
    for number in numbers:
        if theirs:
            world.put("theirs", replace(paid(number, now), source=f"bill:{number}", post_ref=""), MAIN)
        if ours:
            world.put("ours", paid(number, now), MAIN)
            world.put("books", replace(paid(number, now), key=f"pay:{number}", source=f"tx:{number}"), MAIN)
    return world


def day(offset: int) -> Scope:
    return replace(SCOPE, day=DAY + timedelta(days=offset))


def test_versions_replace_each_other_and_keep_what_they_found(now: datetime) -> None:
    shop, world = make_shop(now), world_of(now, 1)
    first = compare(shop.id, SCOPE, world, now)
    world.put("theirs", replace(paid(2, now), source="bill:2", post_ref=""), MAIN)
    second = compare(shop.id, SCOPE, world, now)
    assert (first.version, first.breaks, second.version, second.breaks) == (1, {}, 2, {"C1": 1})
    assert [(run.version, run.live) for run in queries.runs(shop.id, live=False)] == [(2, True), (1, False)]
    assert sql("SELECT count(*) FROM recon_match WHERE run_id = %s", [first.id]) == [(1,)]
    [case] = queries.cases(shop.id)
    assert (case.category, case.state, case.action, case.action_state) == ("C1", "open", "ask_channel", "due")


def test_a_case_ends_by_itself_when_it_is_gone_and_comes_back_when_it_is_back(now: datetime) -> None:
    shop, world = make_shop(now), world_of(now, 1, ours=False)
    compare(shop.id, SCOPE, world, now)
    [case] = queries.cases(shop.id)
    compare(shop.id, SCOPE, world_of(now, 1), now)
    gone = queries.case(shop.id, case.id)
    assert (gone.state, gone.reason, gone.automatic) == ("closed", "gone", True)
    compare(shop.id, SCOPE, world, now)
    assert queries.case(shop.id, case.id).state == "open"
    assert [row.id for row in queries.cases(shop.id, live=False)] == [case.id]
    history = sql(
        "SELECT to_state, count(*)::int FROM kernel_history WHERE machine = 'recon.case' GROUP BY 1 ORDER BY 1"
    )
    assert history == [("closed", 1), ("open", 2)]


def test_ours_alone_waits_three_days_and_then_is_a_case_that_a_late_row_ends(now: datetime) -> None:
    shop, world = make_shop(now), world_of(now, 1, theirs=False)
    runs = [compare(shop.id, day(n), world, now) for n in range(4)]
    assert [(run.pooled, run.breaks) for run in runs] == [(1, {}), (0, {}), (0, {}), (0, {"C2": 1})]
    [case] = queries.cases(shop.id)
    assert case.day == DAY + timedelta(days=3)
    assert queries.waiting(shop.id) == 0
    late = replace(paid(1, now), source="bill:late", day=DAY + timedelta(days=6), post_ref="")
    world.put("theirs", late, MAIN)
    last = compare(shop.id, day(6), world, now)
    assert (last.matched, last.breaks) == (1, {"C7": 1})
    closed = queries.case(shop.id, case.id)
    assert (closed.state, closed.reason, closed.automatic) == ("closed", "met_later", True)


def test_a_run_that_is_replaced_gives_back_what_it_took_from_the_pool(now: datetime) -> None:
    shop, world = make_shop(now), world_of(now, 1, theirs=False)
    compare(shop.id, SCOPE, world, now)
    row = replace(paid(1, now), source="bill:1", day=DAY + timedelta(days=1), post_ref="")
    world.put("theirs", row, MAIN)
    assert compare(shop.id, day(1), world, now).breaks == {"C7": 1}
    assert queries.waiting(shop.id) == 0
    # The day before is compared anew: what a later day has found stays found.
    assert compare(shop.id, SCOPE, world, now).pooled == 0
    assert found(shop.id) == {("C7", "P1"): 1}
    # The later one is, without the row: it waits again.
    world.theirs_of.clear()
    assert compare(shop.id, day(1), world, now).breaks == {}
    assert queries.waiting(shop.id) == 1
    assert sql("SELECT left_as FROM recon_pool ORDER BY id") == [("",)]


def test_equal_rows_are_matched_one_to_one(now: datetime) -> None:
    shop, world = make_shop(now), world_of(now, 1)
    for place in range(2):
        world.put("theirs", replace(paid(1, now), source=f"again:{place}", post_ref=""), MAIN)
    run = compare(shop.id, SCOPE, world, now)
    assert (run.matched, run.breaks) == (1, {"C6": 2})
    assert {case.theirs["source"] for case in queries.cases(shop.id)} == {"again:0", "again:1"}


def test_the_other_number_matches_when_ours_is_missing(now: datetime) -> None:
    shop, world = make_shop(now), World()
    world.put("theirs", paid(1, now, source="bill:1", key="", post_ref=""), MAIN)
    world.put("ours", paid(1, now, post_ref=""), MAIN)
    assert compare(shop.id, SCOPE, world, now).matched == 1
    assert matches(shop.id) == {("s1", "bill:1", "alternate")}


def test_near_rows_are_only_suggested_until_a_person_says_so(now: datetime) -> None:
    shop, world = make_shop(now), World()
    world.put("theirs", paid(9, now + timedelta(minutes=2), source="bill:9", key="X9", alt_key="x9", post_ref=""), MAIN)
    world.put("ours", paid(1, now, post_ref=""), MAIN)
    run = compare(shop.id, SCOPE, world, now)
    assert (run.matched, run.breaks, run.pooled) == (0, {"C1": 1}, 1)
    [case] = queries.cases(shop.id)
    suggested = case.detail["suggests"]
    assert (suggested["source"], suggested["seconds"]) == ("s1", 120)
    assert case.theirs["source"] == "bill:9"
    theirs_id = Row.objects.get(source="bill:9").id
    with pytest.raises(PairRefused):
        confirm_pair(shop_id=make_shop(now).id, area="channel", ours_id=suggested["ours_id"], theirs_id=theirs_id,
                     actor="staff:1", now=now)  # fmt: skip
    confirm_pair(
        shop_id=shop.id, area="channel", ours_id=suggested["ours_id"], theirs_id=theirs_id, actor="staff:1", now=now
    )
    with pytest.raises(PairRefused), transaction.atomic():
        confirm_pair(
            shop_id=shop.id, area="channel", ours_id=suggested["ours_id"], theirs_id=theirs_id, actor="staff:2", now=now
        )
    assert queries.run(shop.id, run.id).stale
    again = compare(shop.id, SCOPE, world, now)
    assert (again.matched, again.breaks, again.pooled, again.stale) == (1, {}, 0, False)
    assert matches(shop.id) == {("s1", "bill:9", "person")}
    assert queries.case(shop.id, case.id).state == "closed"
    assert queries.waiting(shop.id) == 0


def test_what_changes_is_a_new_row_and_what_was_said_stays(now: datetime) -> None:
    shop, world = make_shop(now), world_of(now, 1)
    compare(shop.id, SCOPE, world, now)
    before = sql("SELECT count(*) FROM recon_row")
    compare(shop.id, SCOPE, world, now)
    assert sql("SELECT count(*) FROM recon_row") == before
    world.ours_of[MAIN, DAY] = [paid(1, now, 999)]
    run = compare(shop.id, SCOPE, world, now)
    assert run.breaks == {"C3": 1}
    words = sql("SELECT amount_minor, live FROM recon_row WHERE side = 'ours' ORDER BY id")
    assert words == [(1000, False), (999, True)]


def test_nothing_is_compared_without_their_file(now: datetime) -> None:
    shop = make_shop(now)

    class Without(World):
        def theirs(self, scope: Scope) -> Brought:
            raise Missing("wanted")

    with pytest.raises(NothingToCompare):
        compare(shop.id, SCOPE, Without(), now)
    assert sql("SELECT count(*) FROM recon_run") == [(0,)]


def test_shops_do_not_see_each_other(now: datetime) -> None:
    one, other = make_shop(now), make_shop(now)
    compare(one.id, SCOPE, world_of(now, 1, ours=False), now)
    run = compare(other.id, SCOPE, world_of(now, 1), now)
    assert run.breaks == {}
    assert queries.cases(other.id) == []
    assert len(queries.cases(one.id)) == 1


def test_a_day_is_closed_when_all_is_there_and_not_before(now: datetime) -> None:
    shop, world = make_shop(now), world_of(now, 1)

    def expected(shop_id: UUID, of: object) -> list[Due]:
        return [Due("channel", MAIN), Due("channel", "beta:main", "bill_wanted")]

    def only_main(shop_id: UUID, of: object) -> list[Due]:
        return [Due("channel", MAIN)]

    def reasons(due: Callable[[UUID, object], list[Due]]) -> list[tuple[str, str]]:
        return list(queries.day_sheet(shop.id, DAY, due).reasons)

    assert reasons(only_main) == [("not_compared", f"channel:{MAIN}")]
    world.off[MAIN, DAY] = 1
    compare(shop.id, SCOPE, world, now)
    assert reasons(only_main) == [("totals_differ", f"channel:{MAIN}"), ("chain_broken", f"channel:{MAIN}")]
    world.off.clear()
    world.theirs_of[MAIN, DAY] = [replace(row, source="bill:1b") for row in world.theirs_of[MAIN, DAY]] * 1
    world.theirs_of[MAIN, DAY].append(replace(paid(2, now), source="bill:2", post_ref=""))
    compare(shop.id, SCOPE, world, now)
    assert reasons(expected) == [("bill_wanted", "channel:beta:main")]
    over = now + timedelta(days=9)
    with pytest.raises(DayNotClosable):
        close_day(shop_id=shop.id, day=DAY, expected=expected, actor="staff:1", now=over)
    assert sql("SELECT count(*) FROM recon_day") == [(0,)]
    # An open case does not stand against closing: it has an owner and a clock of its own.
    sheet = close_day(shop_id=shop.id, day=DAY, expected=only_main, actor="staff:1", now=over)
    assert (sheet.closed_by, sheet.closable, sheet.accounts[0].open_cases) == ("staff:1", False, 1)
    assert sheet.accounts[0].theirs_minor == 2000
    for again in (
        lambda: close_day(shop_id=shop.id, day=DAY, expected=only_main, actor="staff:1", now=over),
        lambda: compare(shop.id, SCOPE, world, now),
    ):
        with pytest.raises(DayClosed):
            again()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE recon_row SET amount_minor = 1",
        "UPDATE recon_row SET live = true",
        "DELETE FROM recon_row",
        "UPDATE recon_match SET by = 'key'",
        "DELETE FROM recon_match",
        "UPDATE recon_run SET matched = 0",
        "UPDATE recon_run SET live = true",
        "DELETE FROM recon_break",
        "UPDATE recon_import SET rows = 0",
        "UPDATE recon_case SET business_key = 'x'",
        "DELETE FROM recon_case",
        "UPDATE recon_case SET state = 'closed', closed_at = now()",
        "INSERT INTO recon_row (shop_id, side, live, kind, source, day, at, amount_minor, amount_rest, currency, key,"
        " alt_key, group_key, state, post_ref, account) SELECT shop_id, side, true, kind, source, day, at, 1, 0,"
        " currency, key, alt_key, group_key, state, post_ref, account FROM recon_row WHERE live",
    ],
)
def test_what_was_compared_only_grows(now: datetime, statement: str) -> None:
    shop, world = make_shop(now), world_of(now, 1)
    world.put("theirs", replace(paid(2, now), source="bill:2", post_ref=""), MAIN)
    compare(shop.id, SCOPE, world, now)
    world.ours_of[MAIN, DAY] = [paid(1, now, group_key="other")]
    compare(shop.id, SCOPE, world, now)
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_chain_is_followed_from_either_end(newest_first: bool) -> None:
    moves = [(5, 105), (-20, 85), (3, 88)]
    whole, gap = Chain(), Chain()
    for amount, balance in reversed(moves) if newest_first else moves:
        whole.add(amount, balance)
    assert (whole.breaks, whole.opening, whole.closing) == (0, 100, 88)
    for amount, balance in reversed([*moves[:1], *moves[2:]]) if newest_first else [*moves[:1], *moves[2:]]:
        gap.add(amount, balance)
    assert gap.breaks == 1
