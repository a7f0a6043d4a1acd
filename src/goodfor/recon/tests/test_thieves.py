"""A loss is not hidden: not behind a case that once ended, nor behind a day that was closed before it came."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from goodfor.identity.tests.factories import make_shop
from goodfor.recon import queries
from goodfor.recon.errors import DayNotClosable, NotACorrection
from goodfor.recon.importers.days import BEIJING
from goodfor.recon.operations.ask_day import agree_day, ask_day
from goodfor.recon.operations.work_case import assign_case, close_case, correct_case
from goodfor.recon.rehearsal import DAY, MAIN, World
from goodfor.recon.tests.steps import compare, sql
from goodfor.recon.tests.test_closing import book, compared, nothing, one_account
from goodfor.recon.tests.test_runs import SCOPE, paid, world_of
from goodfor.recon.types import Brought, CaseView, Scope

pytestmark = pytest.mark.django_db
THIEF = "staff:1"


class Files(World):
    """Whose file is known by what stands in it."""

    def theirs(self, scope: Scope) -> Brought:
        brought = super().theirs(scope)
        return replace(brought, mark="+".join(row.source for row in self.theirs_of[scope.account, scope.day]))


def theirs_alone(now: datetime, amount: int, source: str) -> World:
    world = Files()
    world.put("theirs", replace(paid(1, now, amount), source=source, post_ref=""), MAIN)
    return world


def one_case(shop_id: UUID) -> CaseView:
    [case] = queries.cases(shop_id, live=False)
    return case


def test_a_case_that_somebody_has_taken_comes_back_too(now: datetime) -> None:
    shop_id = make_shop(now).id
    compare(shop_id, SCOPE, theirs_alone(now, 1000, "bill:1"), now)
    case = one_case(shop_id)
    assign_case(shop_id=shop_id, case_id=case.id, owner=THIEF, actor=THIEF, now=now)
    # Gone for one comparing, and there again.
    compare(shop_id, SCOPE, world_of(now, 1), now)
    assert (one_case(shop_id).state, one_case(shop_id).closed_by) == ("closed", "system")
    compare(shop_id, SCOPE, theirs_alone(now, 1000, "bill:1"), now)
    again = one_case(shop_id)
    assert (again.id, again.state, again.owner, again.action_state) == (case.id, "open", "", "due")


def test_what_a_person_has_closed_comes_back_when_it_is_more(now: datetime) -> None:
    shop_id = make_shop(now).id
    compare(shop_id, SCOPE, theirs_alone(now, 1, "bill:1"), now)
    case = one_case(shop_id)
    close_case(shop_id=shop_id, case_id=case.id, reason="rounding", actor=THIEF, now=now)
    compare(shop_id, SCOPE, theirs_alone(now, 1, "bill:1"), now)
    assert one_case(shop_id).state == "closed"
    compare(shop_id, SCOPE, theirs_alone(now, 90_000, "bill:2"), now)
    again = one_case(shop_id)
    assert (again.id, again.state, again.reason, again.risk_minor) == (case.id, "open", "", 90_000)
    assert again.theirs["amount_minor"] == 90_000
    assert [step.to_state for step in queries.case_steps(shop_id, case.id)] == ["open", "closed", "open"]
    # What is open says how much it is now.
    compare(shop_id, SCOPE, theirs_alone(now, 95_000, "bill:3"), now)
    assert (one_case(shop_id).state, one_case(shop_id).risk_minor) == ("open", 95_000)


def test_what_is_named_as_a_correction_is_younger_and_no_other_ones(now: datetime) -> None:
    """Any transaction would do, and no reason be asked for."""
    shop_id = make_shop(now).id
    world = theirs_alone(now, 1000, "bill:1")
    world.put("theirs", replace(paid(2, now), source="bill:2", post_ref=""), MAIN)
    book(shop_id, "old", now - timedelta(days=1), "1013:transit", "5001:sales:codes", 1000)
    compare(shop_id, SCOPE, world, now)
    book(shop_id, "new", now + timedelta(hours=1), "1013:transit", "5001:sales:codes", 1000)
    old, new = (row[0] for row in sql("SELECT id FROM ledger_tx WHERE shop_id = %s ORDER BY id", [shop_id]))
    one, other = queries.cases(shop_id)

    def corrected(case: CaseView, tx_id: int) -> str:
        return correct_case(shop_id=shop_id, case_id=case.id, ledger_tx=tx_id, actor=THIEF, now=now).state

    with pytest.raises(NotACorrection):
        corrected(one, old)
    assert corrected(one, new) == "corrected"
    with pytest.raises(NotACorrection):
        corrected(other, new)
    assert queries.case(shop_id, other.id).state == "open"


def test_a_day_is_not_closed_before_its_bills_are_wanted(now: datetime) -> None:
    """Nothing is compared of a day that was closed: before its end two thieves would hide whatever they do on it."""
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=BEIJING) + timedelta(days=1)
    for shop_id, expected in ((make_shop(now).id, nothing), (compared(now), one_account)):
        for at in (now, noon - timedelta(seconds=1)):
            for close in (ask_day, agree_day):
                more = {"alone": True} if close is agree_day else {}
                with pytest.raises(DayNotClosable) as refused:
                    close(shop_id=shop_id, day=DAY, expected=expected, actor=THIEF, now=at, **more)  # type: ignore[operator]
                assert refused.value.data["reasons"] == [["not_over", ""]]
        assert sql("SELECT count(*) FROM recon_day_ask") == [(0,)]
        assert sql("SELECT count(*) FROM recon_day WHERE shop_id = %s", [shop_id]) == [(0,)]
    assert agree_day(shop_id=shop_id, day=DAY, expected=expected, alone=True, actor=THIEF, now=noon).closed_at == noon
