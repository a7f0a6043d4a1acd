"""What takes two: long lists and codes in the open; who may say yes, when, how often it may be taken."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from goodfor.console import tasks, wishing
from goodfor.console.desk.orders import ORDERS
from goodfor.console.errors import TooNewHere, WishMoved
from goodfor.console.listing import pages, running
from goodfor.console.operations.wish import decide_wish, use_wish
from goodfor.console.states import EXPORT, WISH
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import Person, by_link, old_hand, person, proved_as, sql, state_of_all
from goodfor.console.tests.test_codes import SECRETS
from goodfor.console.tests.test_judged_staff import changed_since
from goodfor.console.tests.wish_things import answer_to, ask, handed_out, take, wish_of
from goodfor.console.tests.wish_things import files_here as files_here
from goodfor.console.tests.wish_things import owner as owner
from goodfor.console.tests.wish_things import says as says
from goodfor.console.tests.wish_things import where as where
from goodfor.console.wish_queries import newest_wish
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import together
from goodfor.risk.errors import SecondPersonNeeded
from goodfor.risk.tests.saying import Saying, decided, results
from goodfor.risk.types import Outcome, Result, Scene

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/console/risk/exports/"
WORD = "-QWERTZ-"


def test_machines_are_whole() -> None:
    assert WISH.terminal == {"refused", "withdrawn", "lapsed", "used"}
    assert EXPORT.terminal == {"failed", "gone", "refused"}


# -- codes ----------------------------------------------------------------------------------------------


def test_codes_leave_with_two_people_once(shop: Shop, owner: Person, where: str, says: Saying) -> None:
    second, client = old_hand(shop.id), proved_as(owner)
    assert second.staff.username in client.get(where).content.decode()
    assert ask(client, where).status_code == 302
    # The same again is the same wish.
    assert ask(client, where).status_code == 302
    [wish_id] = [row[0] for row in sql("SELECT id FROM console_wish")]
    assert "等同事批准" in client.get(where).content.decode()
    assert take(client, where).status_code == 409
    asked = proved_as(second)
    shown = asked.get(PAGE).content.decode()
    assert "退给供应商" in shown
    assert owner.staff.username in shown
    assert "导出审批" in asked.get("/console/").content.decode()
    assert answer_to(asked, wish_id, "approve").status_code == 302
    assert answer_to(asked, wish_id, "approve").status_code == 409
    says.seen.clear()
    assert handed_out(shop) == 0
    file: Any = take(client, where)
    text = b"".join(file.streaming_content).decode("utf-8-sig")
    assert text.count(WORD) == len(SECRETS)
    assert says.scenes == [Scene.EXPORT]
    facts = says.seen[0][1]
    told = {name: facts[name] for name in ("export_rows", "export_approved", "exports_day", "amount_minor")}
    assert told == {"export_rows": 40, "export_approved": True, "exports_day": 1, "amount_minor": 40 * 320}
    assert (decided(Scene.EXPORT), results(Scene.EXPORT)) == (["allow"], [Result.GOOD])
    assert sql("SELECT subject_kind, subject_id FROM risk_decision WHERE scene = 13") == [("export", wish_id)]
    assert sql("SELECT batch IS NOT NULL FROM risk_event WHERE scene = 13 AND result = 0") == [(True,)]
    before = state_of_all()
    assert take(client, where).status_code == 409
    assert state_of_all() == before
    assert handed_out(shop) == 1
    history = sql("SELECT to_state FROM kernel_history WHERE machine = 'console.wish' ORDER BY at, step")
    assert [state for (state,) in history] == ["asked", "approved", "used"]
    actions = sql("SELECT action FROM kernel_audit WHERE subject_type = 'console.wish' ORDER BY id")
    assert [action for (action,) in actions] == ["console.export_wished", "console.export_approved"]


def test_nobody_says_yes_to_themselves(shop: Shop, owner: Person, where: str) -> None:
    old_hand(shop.id)
    client = proved_as(owner)
    ask(client, where)
    asked = wish_of(shop, where)
    before = state_of_all()
    assert answer_to(client, asked.id, "approve").status_code == 403
    assert answer_to(client, asked.id, "nonsense").status_code == 422
    with pytest.raises(SecondPersonNeeded):
        decide_wish(shop_id=shop.id, wish_id=asked.id, staff=owner.staff, approve=True, now=utc_now())
    # Nor past all of the code.
    for change in ("decided_by = staff_id", "state = 'approved'", "state = 'used', used_at = now()",
                   "state = 'approved', decided_at = now(), open_from = now(), open_until = now() + interval '1 hour'",
                   "state = 'approved', decided_at = now(), alone = true, open_from = now(),"
                   " open_until = now() + interval '1 hour'"):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            sql(f"UPDATE console_wish SET {change} WHERE id = %s", [asked.id])
    assert state_of_all() == before


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
def test_who_may_not_decide_cannot_say_yes(shop: Shop, owner: Person, where: str, role: str) -> None:
    old_hand(shop.id)
    client, other = proved_as(owner), old_hand(shop.id, role)
    ask(client, where)
    asked = wish_of(shop, where)
    before = state_of_all()
    assert answer_to(proved_as(other), asked.id, "approve").status_code == 403
    with pytest.raises(TooNewHere):
        decide_wish(shop_id=shop.id, wish_id=asked.id, staff=other.staff, approve=True, now=utc_now())
    assert changed_since(before) == set()


def test_an_accomplice_who_came_today_cannot(shop: Shop, owner: Person, where: str) -> None:
    """Whoever holds an owner's browser could invite one."""
    old_hand(shop.id)
    client, accomplice = proved_as(owner), person(shop.id, Role.OPERATOR, app=True)
    ask(client, where)
    asked = wish_of(shop, where)
    answer = answer_to(proved_as(accomplice), asked.id, "approve")
    assert answer.status_code == 403
    assert wish_of(shop, where).state == "asked"
    assert take(client, where).status_code == 409


def test_a_yes_needs_a_fresh_proof_and_a_no_does_not(shop: Shop, owner: Person, where: str) -> None:
    second, client = old_hand(shop.id), proved_as(owner)
    ask(client, where)
    asked = wish_of(shop, where)
    answer = answer_to(by_link(second), asked.id, "approve")
    assert answer["Location"].startswith("/console/prove")
    assert wish_of(shop, where).state == "asked"
    assert answer_to(by_link(second), asked.id, "refuse").status_code == 302
    assert wish_of(shop, where).state == "refused"
    assert take(client, where).status_code == 409
    # Asking again is another wish.
    assert ask(client, where).status_code == 302
    assert wish_of(shop, where).id != asked.id


def test_a_yes_is_good_for_an_hour(shop: Shop, owner: Person, where: str) -> None:
    second, now = old_hand(shop.id), utc_now()
    ask(proved_as(owner), where)
    asked = wish_of(shop, where)
    decide_wish(shop_id=shop.id, wish_id=asked.id, staff=second.staff, approve=True, now=now)
    with time_machine.travel(now + timedelta(minutes=61)):
        with pytest.raises(WishMoved), transaction.atomic():
            use_wish(shop_id=shop.id, wish_id=asked.id, staff_id=owner.staff.id, now=utc_now())
        assert tasks.end_wishes(utc_now()) == 1
        assert tasks.end_wishes(utc_now()) == 0
        assert wish_of(shop, where).state == "lapsed"
    assert handed_out(shop) == 0


def test_nobody_who_answers_is_a_no(shop: Shop, owner: Person, where: str) -> None:
    second = old_hand(shop.id)
    ask(proved_as(owner), where)
    asked = wish_of(shop, where)
    assert tasks.end_wishes(asked.due_at - timedelta(seconds=1)) == 0
    with pytest.raises(WishMoved):
        decide_wish(shop_id=shop.id, wish_id=asked.id, staff=second.staff, approve=True, now=asked.due_at)
    assert tasks.end_wishes(asked.due_at) == 1
    assert wish_of(shop, where).state == "lapsed"


def test_who_is_alone_waits_over_a_night(shop: Shop, owner: Person, where: str) -> None:
    """Nobody else is there; the owner hears of it and can stop it."""
    client, now = proved_as(owner), utc_now()
    assert "12" in client.get(where).content.decode()
    assert ask(client, where).status_code == 302
    asked = wish_of(shop, where)
    assert (asked.alone, asked.state, asked.decided_by) == (True, "approved", None)
    assert timedelta(hours=11, minutes=59) < asked.open_from - now < timedelta(hours=12, minutes=1)
    assert sql("SELECT payload->>'alone' FROM kernel_event WHERE name = 'console.export_wished'") == [("true",)]
    assert take(client, where).status_code == 409
    assert handed_out(shop) == 0
    early = time_machine.travel(asked.open_from - timedelta(minutes=1))
    with early, pytest.raises(WishMoved), transaction.atomic():
        use_wish(shop_id=shop.id, wish_id=asked.id, staff_id=owner.staff.id, now=utc_now())
    with time_machine.travel(asked.open_from + timedelta(minutes=1)):
        later = proved_as(person(shop.id, app=True))
        # It is nobody else's.
        assert take(later, where).status_code == 409
        mine = by_link(owner)
        assert take(mine, where)["Location"].startswith("/console/prove")
    # Another browser of the owner stops it before.
    assert answer_to(proved_as(old_hand(shop.id, Role.OWNER)), asked.id, "stop").status_code == 302
    late = time_machine.travel(asked.open_from + timedelta(minutes=1))
    with late, pytest.raises(WishMoved), transaction.atomic():
        use_wish(shop_id=shop.id, wish_id=asked.id, staff_id=owner.staff.id, now=utc_now())
    assert handed_out(shop) == 0


def test_twenty_at_once_take_it_once(shop: Shop, owner: Person, where: str) -> None:
    second = old_hand(shop.id)
    client = proved_as(owner)
    ask(client, where)
    asked = wish_of(shop, where)
    decide_wish(shop_id=shop.id, wish_id=asked.id, staff=second.staff, approve=True, now=utc_now())
    cookies = client.cookies

    def run(_number: int) -> int:
        mine = Client()
        mine.cookies = cookies
        return int(take(mine, where).status_code)

    answers = together(run, 20)
    assert sorted(answers) == [200] + [409] * 19
    assert handed_out(shop) == 1


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_denied_or_cannot_be_judged_stays(
    shop: Shop, owner: Person, where: str, says: Saying, fails: bool
) -> None:  # fmt: skip
    """The yes is not used up: who asked may come back within the hour."""
    second, client = old_hand(shop.id), proved_as(owner)
    ask(client, where)
    asked = wish_of(shop, where)
    decide_wish(shop_id=shop.id, wish_id=asked.id, staff=second.staff, approve=True, now=utc_now())
    says.fails, says.says[Scene.EXPORT] = fails, Outcome.DENY
    before = state_of_all()
    assert take(client, where).status_code == 403
    assert changed_since(before) == set()
    assert handed_out(shop) == 0
    says.fails = False
    says.says.clear()
    assert take(client, where).status_code == 200


# -- lists ----------------------------------------------------------------------------------------------


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one row takes two."""
    for module in (wishing, pages):
        monkeypatch.setattr(module, "MOST_ROWS", 1)


def want(client: Client) -> Any:
    return client.post(reverse("desk:orders-export"), {"format": "csv", "query": ""})


def export_of(shop: Shop) -> tuple[Any, ...]:
    return sql("SELECT id, state, rows FROM console_export WHERE shop_id = %s ORDER BY id DESC LIMIT 1", [shop.id])[0]


def test_a_short_list_takes_one(shop: Shop, owner: Person, says: Saying) -> None:
    client = by_link(owner)
    says.seen.clear()
    assert want(client).status_code == 302
    assert tasks.write_exports(utc_now()) == 1
    export_id, state, rows = export_of(shop)
    assert (state, rows) == ("done", 2)
    assert says.scenes == []
    for _ in range(2):
        assert client.get(reverse("desk:export-file", args=[export_id])).status_code == 200
    # The same file again is one export.
    assert [seen[1]["exports_day"] for seen in says.seen] == [1, 1]
    assert [(seen[0], seen[1]["export_rows"], seen[1]["export_approved"]) for seen in says.seen] == [
        (Scene.EXPORT, 2, False)
    ] * 2
    says.says[Scene.EXPORT] = Outcome.DENY
    before = state_of_all()
    assert client.get(reverse("desk:export-file", args=[export_id])).status_code == 403
    assert changed_since(before) == set()


@pytest.mark.usefixtures("short")
def test_a_long_list_takes_two_and_is_taken_once(shop: Shop, owner: Person, tmp_path: Path) -> None:
    second, client = old_hand(shop.id), by_link(owner)
    assert want(client).status_code == 302
    export_id, state, _rows = export_of(shop)
    assert state == "asked"
    assert "等同事批准" in client.get(reverse("desk:exports")).content.decode()
    assert tasks.write_exports(utc_now()) == 0
    assert client.get(reverse("desk:export-file", args=[export_id])).status_code == 404
    [wish_id] = [row[0] for row in sql("SELECT id FROM console_wish")]
    assert answer_to(proved_as(second), wish_id, "approve").status_code == 302
    assert tasks.write_exports(utc_now()) == 1
    assert export_of(shop)[1] == "done"
    file = reverse("desk:export-file", args=[export_id])
    # Not by another owner, whose it is not.
    assert by_link(old_hand(shop.id, Role.OWNER)).get(file).status_code == 409
    taken: Any = client.get(file)
    assert b"".join(taken.streaming_content)
    assert client.get(file).status_code == 404
    assert export_of(shop)[1] == "gone"
    assert [path for path in (tmp_path / "exports").iterdir() if path.is_file()] == []


@pytest.mark.usefixtures("short")
def test_a_no_writes_nothing(shop: Shop, owner: Person, tmp_path: Path) -> None:
    second, client = old_hand(shop.id), by_link(owner)
    want(client)
    [wish_id] = [row[0] for row in sql("SELECT id FROM console_wish")]
    assert answer_to(by_link(second), wish_id, "refuse").status_code == 302
    assert export_of(shop)[1] == "refused"
    assert tasks.write_exports(utc_now()) == 0
    assert not (tmp_path / "exports").exists()


@pytest.mark.usefixtures("short")
def test_a_long_list_of_who_is_alone_waits(shop: Shop, owner: Person) -> None:
    client = by_link(owner)
    want(client)
    assert tasks.write_exports(utc_now()) == 1
    export_id, state, _rows = export_of(shop)
    assert state == "done"
    assert client.get(reverse("desk:export-file", args=[export_id])).status_code == 409
    asked = newest_wish(shop.id, "list", export_id)
    assert asked is not None
    assert asked.alone
    with time_machine.travel(asked.open_from or utc_now()):
        assert by_link(owner).get(reverse("desk:export-file", args=[export_id])).status_code == 200


def test_what_grew_while_it_waited_is_not_written(shop: Shop, owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    want(by_link(owner))
    monkeypatch.setattr(wishing, "MOST_ROWS", 1)
    assert tasks.write_exports(utc_now()) == 1
    export_id, state, _rows = export_of(shop)
    assert state == "failed"
    assert not running.export_path(export_id, "csv").exists()
    assert ORDERS.key == "orders"
