"""Thieves among the staff, and whoever has taken over a browser of theirs, at a shop with its starter rules.

Each says how far it gets at most; beside each somebody honest goes on working. Labels are those of BREAK: R0072-001
(an insider), R0111 (theft of data), R0078 (leaks by export). The public complaints: acg-faka #29, card-system #155.
"""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from goodfor.cli import world
from goodfor.console import tasks
from goodfor.console.operations.plant_canary import plant_canary
from goodfor.console.operations.wish import decide_wish
from goodfor.console.tests.conftest import Shop, make
from goodfor.console.tests.helpers import Person, by_link, old_hand, person, proved_as, proved_long_ago, sql
from goodfor.console.wish_queries import newest_wish
from goodfor.identity.operations import change_role
from goodfor.identity.operations.change_shop import change_shop
from goodfor.identity.types import Role
from goodfor.kernel import loops
from goodfor.kernel.clock import utc_now
from goodfor.kernel.events import publish
from goodfor.orders.tests.factories import relay_all, together
from goodfor.risk import queries, review_queries
from goodfor.risk.errors import SecondPersonNeeded
from goodfor.risk.operations.decide_review import decide_review
from goodfor.risk.operations.take_review import take, take_next
from goodfor.risk.types import Scene
from goodfor.supply.events import SupplierAnswered
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
#: What one person sees within an hour before somebody else has to look: of sold codes, and of unsold ones.
MOST_SOLD, MOST_UNSOLD = 99, 19
FIND = "/console/codes/find/"


@pytest.fixture
def shop(transactional_db: None, settings: Any, tmp_path: Path) -> Shop:
    settings.DATA_DIR = tmp_path
    made = make("demo")
    loops.REGISTRY["risk.starter"].fn(utc_now())
    relay_all(utc_now())
    return made


@pytest.fixture
def codes(shop: Shop) -> list[tuple[str, str]]:
    """A batch of 160 codes in stock."""
    pairs = world.random_codes(160)
    assert world.load_codes(shop.id, shop.demo.skus["kw-100"], pairs, utc_now(), cost_minor=800) == 160
    return pairs


def batch_of(shop: Shop) -> UUID:
    return stock.batches(shop.id, sku_id=shop.demo.skus["kw-100"])[0].id


def sell(shop: Shop, count: int) -> None:
    vault.take(
        shop_id=shop.id, sku_id=shop.demo.skus["kw-100"], holder_id=uuid4(), quantity=count, now=utc_now()
    )  # fmt: skip


def look(client: Client, pair: tuple[str, str]) -> int:
    """A question by a code's text, and its page where there is one."""
    answer: Any = client.post(FIND, {"number": pair[0], "secret": pair[1]})
    if answer.status_code == 302 and answer["Location"].startswith("/console/codes/code/"):
        return int(client.get(answer["Location"]).status_code)
    return int(answer.status_code)


def honest(shop: Shop) -> tuple[Client, tuple[str, str]]:
    """Somebody of support, and a code that a buyer asks about."""
    number, secret = world.random_codes(1)[0]
    world.load_codes(shop.id, shop.demo.skus["kw-50"], [(number, secret)], utc_now())
    return by_link(old_hand(shop.id, Role.SUPPORT)), (number, secret)


def code_id_of(shop: Shop, pair: tuple[str, str]) -> UUID:
    found = stock.find_code(shop.id, number=pair[0], secret=pair[1])
    assert found is not None
    return found


# -- looking ----------------------------------------------------------------------------------------------


def test_nobody_looks_through_the_codes_of_buyers(shop: Shop, codes: list[tuple[str, str]]) -> None:
    """R0072-001: 130 sold codes, one after another, by question and by address: 99 are shown."""
    sell(shop, 130)
    thief = by_link(old_hand(shop.id, Role.SUPPORT))
    colleague, asked = honest(shop)
    answers = []
    for index, pair in enumerate(codes[:130]):
        if index % 2:
            page = reverse("desk:code-one", args=[code_id_of(shop, pair)])
            answers.append(thief.get(page).status_code)
        else:
            answers.append(look(thief, pair))
        if index % 26 == 0:
            assert look(colleague, asked) == 200
    assert answers == [200] * MOST_SOLD + [403] * (130 - MOST_SOLD)
    [review] = review_queries.review_queue(shop.id)
    decision = queries.decision(shop.id, review.decision_id)
    assert [hit.code for hit in decision.hits if hit.live] == ["staff-mass-view"]
    assert decision.features["codes_viewed_hour"] == MOST_SOLD + 1


@pytest.mark.soak
def test_nor_many_at_once(shop: Shop, codes: list[tuple[str, str]]) -> None:
    """The same from twelve windows side by side: no more are shown."""
    sell(shop, 160)
    one = old_hand(shop.id, Role.SUPPORT)
    windows = [by_link(one) for _ in range(12)]
    answers = together(lambda index: look(windows[index % 12], codes[index]), 160)
    assert answers.count(200) <= MOST_SOLD
    assert set(answers) == {200, 403}


def test_nobody_looks_through_the_stock(shop: Shop, codes: list[tuple[str, str]]) -> None:
    """R0111, acg-faka #29: unsold codes have no buyer who needs help; 19 are shown."""
    thief = by_link(old_hand(shop.id, Role.OPERATOR))
    answers = [look(thief, pair) for pair in codes[:40]]
    assert answers == [200] * MOST_UNSOLD + [403] * 21
    # An hour later, and with nobody's word: it begins anew, and nothing that waited was let through.
    assert len(review_queries.review_queue(shop.id)) == 1


def test_a_thief_who_may_review_does_not_let_himself_through(shop: Shop, codes: list[tuple[str, str]]) -> None:
    one = old_hand(shop.id, Role.OPERATOR)
    thief, colleague = by_link(one), old_hand(shop.id, Role.OPERATOR)
    assert [look(thief, pair) for pair in codes[:20]][-1] == 403
    [review] = review_queries.review_queue(shop.id)
    told = {"shop_id": shop.id, "review_id": review.id, "now": utc_now()}
    with pytest.raises(SecondPersonNeeded):
        take(**told, actor=one.staff.actor)
    assert take_next(shop_id=shop.id, actor=one.staff.actor, now=utc_now()) is None
    # While a colleague holds it, it is theirs to decide.
    take(**told, actor=colleague.staff.actor)
    with pytest.raises(Exception, match=r"second_person|review_taken"):
        decide_review(**told, outcome="release", actor=one.staff.actor)
    assert look(thief, codes[20]) == 403
    decide_review(**told, outcome="deny", actor=colleague.staff.actor)
    assert look(thief, codes[21]) == 403
    labels = review_queries.labels_of(shop.id, decision_id=review.decision_id)
    assert [(label.bad, label.source, label.by) for label in labels] == [(True, "review", colleague.staff.actor)]


def test_at_night_a_stolen_session_stops_at_twenty(shop: Shop, codes: list[tuple[str, str]]) -> None:
    """An open browser, without its owner's password: 19 codes; whoever proves themselves goes on."""
    sell(shop, 60)
    change_shop(
        shop_id=shop.id, name="店", locale="zh-hans", timezone="Asia/Shanghai", settings={"staff_hours": "09:00-22:00"},
        actor="staff:1", now=utc_now(),
    )  # fmt: skip
    one = old_hand(shop.id, Role.SUPPORT)
    # Three in the morning, there.
    with time_machine.travel((utc_now() + timedelta(days=1)).replace(hour=19, minute=0)):
        stolen = by_link(one)
        answers = [look(stolen, pair) for pair in codes[:24]]
        assert answers[:19] == [200] * 19
        # Led to where one proves oneself, and nothing is shown.
        assert set(answers[19:]) == {302}
        proved_long_ago(stolen, 10)
        assert look(stolen, codes[24]) == 200
    with time_machine.travel((utc_now() + timedelta(days=2)).replace(hour=3, minute=0)):
        assert [look(by_link(one), pair) for pair in codes[30:52]] == [200] * 22


# -- taking away --------------------------------------------------------------------------------------------


def ask_for(client: Client, where: str, count: int = 160) -> Any:
    return client.post(where, {"act": "wish", "counted": str(count), "reason": "x"})


def fetch(client: Client, where: str, count: int = 160) -> Any:
    return client.post(where, {"act": "take", "counted": str(count)})


def taken() -> int:
    return int(sql("SELECT count(*) FROM kernel_audit WHERE action = 'vault.codes_exported'")[0][0])


def test_an_owners_browser_takes_no_codes_away(shop: Shop, codes: list[tuple[str, str]]) -> None:
    """R0078, card-system #155: with a fresh proof, and whatever it tries, not one code before twelve hours are over."""
    owner, colleague = old_hand(shop.id, Role.OWNER), old_hand(shop.id, Role.OPERATOR)
    where = f"/console/codes/batches/{batch_of(shop)}/codes"
    stolen = proved_as(owner)
    assert ask_for(stolen, where).status_code == 302
    assert fetch(stolen, where).status_code == 409
    asked = newest_wish(shop.id, "codes", batch_of(shop))
    assert asked is not None
    # It says yes to itself, invites somebody who does, and sends the colleague away to be alone.
    decide = reverse("desk:export-wish", args=[asked.id])
    assert stolen.post(decide, {"act": "approve"}).status_code == 403
    accomplice = person(shop.id, Role.OWNER, app=True)
    assert proved_as(accomplice).post(decide, {"act": "approve"}).status_code == 403
    change_role(
        shop_id=shop.id, staff_id=colleague.staff.id, role=Role.VIEWER, active=False, actor=owner.staff.actor,
        now=utc_now(),
    )  # fmt: skip
    stolen.post(where, {"act": "withdraw"})
    assert ask_for(stolen, where).status_code == 302
    assert fetch(stolen, where).status_code == 409
    alone = newest_wish(shop.id, "codes", batch_of(shop))
    assert alone is not None
    assert alone.alone
    with time_machine.travel(utc_now() + timedelta(hours=11, minutes=50)):
        assert fetch(proved_as(person(shop.id, Role.OWNER, app=True)), where).status_code == 409
        assert fetch(by_link(owner), where).status_code == 302
    assert taken() == 0
    # All of it was told at once.
    told = sql("SELECT payload->>'alone' FROM kernel_event WHERE name = 'console.export_wished' ORDER BY id")
    assert told == [("false",), ("true",)]


def test_what_two_agreed_to_is_taken_once_by_who_asked(shop: Shop, codes: list[tuple[str, str]]) -> None:
    owner, colleague = old_hand(shop.id, Role.OWNER), old_hand(shop.id, Role.OPERATOR)
    where = f"/console/codes/batches/{batch_of(shop)}/codes"
    mine = proved_as(owner)
    ask_for(mine, where)
    asked = newest_wish(shop.id, "codes", batch_of(shop))
    assert asked is not None
    decide_wish(shop_id=shop.id, wish_id=asked.id, staff=colleague.staff, approve=True, now=utc_now())
    assert fetch(proved_as(old_hand(shop.id, Role.OWNER)), where).status_code == 409
    file: Any = fetch(mine, where)
    assert file.status_code == 200
    rows = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert sorted((number, secret) for number, secret, _until in rows[1:]) == sorted(codes)
    assert [fetch(mine, where).status_code for _ in range(3)] == [409] * 3
    assert taken() == 1


def test_a_long_list_is_not_cut_into_short_ones_all_day(shop: Shop) -> None:
    """R0078: the fifth file of a day waits for a colleague."""
    finance = by_link(old_hand(shop.id, Role.FINANCE))
    answers = []
    for _ in range(7):
        finance.post(reverse("desk:orders-export"), {"format": "csv", "query": ""})
        assert tasks.write_exports(utc_now()) == 1
        export_id = sql("SELECT id FROM console_export ORDER BY id DESC LIMIT 1")[0][0]
        answers.append(finance.get(reverse("desk:export-file", args=[export_id])).status_code)
    assert answers == [200] * 4 + [403] * 3
    assert {review.scene for review in review_queries.review_queue(shop.id)} == {Scene.EXPORT}


# -- what is stolen shows itself ----------------------------------------------------------------------------


def alarms(place: str) -> int:
    found = sql("SELECT count(*) FROM kernel_event WHERE name = 'risk.canary_seen' AND payload->>'place' = %s", [place])
    return int(found[0][0])


def test_bait_is_never_sold_and_raises_the_alarm_wherever_it_is_seen(shop: Shop, codes: list[tuple[str, str]]) -> None:
    """acg-faka #29: who takes the stock takes the bait, which looks like all the rest."""
    owner, colleague = old_hand(shop.id, Role.OWNER), old_hand(shop.id, Role.OPERATOR)
    baited = code_id_of(shop, codes[7])
    plant_canary(shop_id=shop.id, code_id=baited, why="x", actor=owner.staff.actor, now=utc_now())
    where = f"/console/codes/batches/{batch_of(shop)}/codes"
    mine = proved_as(owner)
    assert "160" in mine.get(where).content.decode()
    assert ask_for(mine, where).status_code == 302
    asked = newest_wish(shop.id, "codes", batch_of(shop))
    assert asked is not None
    decide_wish(shop_id=shop.id, wish_id=asked.id, staff=colleague.staff, approve=True, now=utc_now())
    file: Any = fetch(mine, where)
    text = b"".join(file.streaming_content).decode()
    assert codes[7][1] in text
    assert alarms("export") == 1
    # Somebody brings one that was bought elsewhere to support: by its secret alone it is known.
    support = by_link(old_hand(shop.id, Role.SUPPORT))
    support.post(FIND, {"secret": codes[7][1]})
    support.post(FIND, {"number": codes[8][0], "secret": codes[8][1]})
    assert alarms("lookup") == 1
    event = SupplierAnswered(uuid4(), uuid4(), baited, "ask", "used", utc_now())
    publish(shop_id=shop.id, event=event, now=utc_now(), cause=("test", uuid4()))
    relay_all(utc_now())
    # Once an hour a code is enough for an alarm; each time is counted.
    assert sum(count for (count,) in sql("SELECT met FROM risk_canary")) == 3
    with pytest.raises(Exception, match="out_of_stock"):
        sell(shop, 160)
    assert sql("SELECT count(*) FROM vault_code WHERE canary AND state IN (0, 1, 2)") == [(0,)]


def test_who_saw_a_code_that_was_then_used_sees_no_more(shop: Shop, codes: list[tuple[str, str]]) -> None:
    """R0111: one unsold code looked at, and used before anybody bought it; others go on working."""
    one: Person = old_hand(shop.id, Role.OPERATOR)
    thief = by_link(one)
    colleague, asked = honest(shop)
    assert look(thief, codes[3]) == 200
    seen = sql("SELECT decision_id FROM console_look WHERE staff_id = %s", [one.staff.id])
    used_at = utc_now() + timedelta(minutes=1)
    with time_machine.travel(used_at + timedelta(minutes=5)):
        event = SupplierAnswered(uuid4(), uuid4(), code_id_of(shop, codes[3]), "ask", "used", used_at)
        publish(shop_id=shop.id, event=event, now=utc_now(), cause=("test", uuid4()))
        relay_all(utc_now())
        thief = by_link(one)
        assert [look(thief, pair) for pair in codes[4:8]] == [403] * 4
        assert look(colleague, asked) == 200
        assert {bool(label.bad) for label in review_queries.labels_of(shop.id, decision_id=seen[0][0])} == {True}
    hits = sql("SELECT DISTINCT h->>'code' FROM risk_decision, jsonb_array_elements(hits) h WHERE outcome = 'deny'")
    assert hits == [("code-stolen",)]
    # It stands against them for long, whatever the hour.
    with time_machine.travel(utc_now() + timedelta(days=30)):
        assert look(by_link(one), codes[9]) == 403
