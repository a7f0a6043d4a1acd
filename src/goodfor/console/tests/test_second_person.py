"""Tricks by which one person would be two: a colleague's link, a role of today, a newcomer's word, a clock, a flood."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.listing.running import staff_visitor
from goodfor.console.operations.note_look import begin_look
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import Person, by_link, inside, old_hand, person, proved_as, sql, state_of_all
from goodfor.console.tests.risk_things import judged
from goodfor.console.tests.test_judged_staff import changed_since, look
from goodfor.console.tests.test_risk_doors import IP, hammer
from goodfor.console.tests.wish_things import answer_to, ask, handed_out, take, wish_of
from goodfor.console.tests.wish_things import files_here as files_here
from goodfor.console.tests.wish_things import owner as owner
from goodfor.console.tests.wish_things import says as says
from goodfor.console.tests.wish_things import where as where
from goodfor.console.types import Looked
from goodfor.console.wish_queries import helpers, looked, may_be_second
from goodfor.identity.operations import change_role, issue_signin_link
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.risk import door_queries, review_queries
from goodfor.risk.doors.desk import honeypots
from goodfor.risk.operations.plant_honeypots import plant_honeypots
from goodfor.risk.tests.saying import Saying
from goodfor.risk.types import Outcome, Scene

pytestmark = pytest.mark.django_db(transaction=True)


# -- coming in as the other one ---------------------------------------------------------------------------


def test_a_link_for_a_colleague_makes_no_second_person(shop: Shop, owner: Person, where: str) -> None:
    """Who may make links comes in as anybody, and would agree with themselves."""
    second, client = old_hand(shop.id), proved_as(owner)
    old_hand(shop.id)
    ask(client, where)
    asked = wish_of(shop, where)
    answer = client.post(reverse("desk:member", args=[second.staff.id]), {"act": "link"})
    [token] = re.findall(r"token=([\w.~-]+)", answer.content.decode())[:1]
    masked = Client()
    assert masked.post("/console/signin", {"token": token}).status_code == 302
    # By a link one may make factors of one's own, so that the proof is none.
    assert masked.post("/console/prove", {"code": second.code(), "next": "/console/"}).status_code == 302
    before = state_of_all()
    assert answer_to(masked, asked.id, "approve").status_code == 403
    assert changed_since(before) == set()
    assert wish_of(shop, where).state == "asked"
    assert take(client, where).status_code == 409
    assert handed_out(shop) == 0
    # Somebody whom nobody let in says yes.
    assert answer_to(proved_as(old_hand(shop.id)), asked.id, "approve").status_code == 302
    assert take(client, where).status_code == 200


def test_nobody_becomes_alone_by_links(shop: Shop, owner: Person, where: str) -> None:
    """Who is alone waits a night; who takes the others' word away, unseen by them, does not become so."""
    second, client = old_hand(shop.id), proved_as(owner)
    assert client.post(reverse("desk:member", args=[second.staff.id]), {"act": "link"}).status_code == 200
    assert second.staff.username in client.get(where).content.decode()
    ask(client, where)
    asked = wish_of(shop, where)
    assert (asked.alone, asked.state, asked.open_from) == (False, "asked", None)
    assert answer_to(proved_as(second), asked.id, "approve").status_code == 403
    assert wish_of(shop, where).state == "asked"


def test_what_a_colleague_changed_counts_for_a_day(shop: Shop, owner: Person) -> None:
    now, by = utc_now(), owner.staff.actor
    promoted, returned, invited, own = old_hand(shop.id, Role.VIEWER), *(old_hand(shop.id) for _ in range(3))
    told: dict[str, Any] = {"shop_id": shop.id, "now": now}
    change_role(**told, staff_id=promoted.staff.id, role=Role.OPERATOR, actor=by)
    change_role(**told, staff_id=returned.staff.id, role=Role.OPERATOR, active=False, actor=by)
    change_role(**told, staff_id=returned.staff.id, role=Role.OPERATOR, active=True, actor=by)
    issue_signin_link(**told, staff_id=invited.staff.id, actor=by)
    # What somebody changes of themselves, or the machine's keeper does, is no trick.
    issue_signin_link(**told, staff_id=own.staff.id, actor=own.staff.actor)
    issue_signin_link(**told, staff_id=own.staff.id, actor="test")
    assert [one.id for one in helpers(shop.id, owner.staff.id, now)] == [own.staff.id]
    assert may_be_second(own.staff, now)
    assert not may_be_second(invited.staff, now)
    assert not may_be_second(person(shop.id, Role.OPERATOR).staff, now)
    later = now + timedelta(days=1, seconds=1)
    everybody = {one.staff.id for one in (promoted, returned, invited, own)}
    assert {one.id for one in helpers(shop.id, owner.staff.id, later)} >= everybody


# -- what a colleague did, let through ----------------------------------------------------------------------


def release(client: Client, review_id: Any, outcome: str = "release") -> Any:
    client.post(reverse("desk:risk-review-take", args=[review_id]))
    return client.post(reverse("desk:risk-review-decide", args=[review_id]), {"outcome": outcome})


@pytest.mark.usefixtures("where")
def test_a_newcomer_lets_no_colleague_through(shop: Shop, says: Saying) -> None:
    """Whoever holds an owner's browser invites an accomplice; their word is worth as little as for an export."""
    client = by_link(old_hand(shop.id, Role.SUPPORT))
    says.says[Scene.STAFF_VIEW] = Outcome.REVIEW
    assert look(client).status_code == 403
    [review] = review_queries.review_queue(shop.id)
    accomplice = proved_as(person(shop.id, Role.OPERATOR, app=True))
    accomplice.post(reverse("desk:risk-review-take", args=[review.id]))
    before = state_of_all()
    answer = release(accomplice, review.id)
    assert answer.status_code == 403
    assert changed_since(before) <= {"risk_review"}
    assert review_queries.review(shop.id, review.id).state == "taken"
    assert look(client).status_code == 403
    accomplice.post(reverse("desk:risk-review-decide", args=[review.id]), {"outcome": "leave"})
    # Nor does an open browser: it takes a fresh proof, as each yes.
    colleague = old_hand(shop.id)
    answer = release(by_link(colleague), review.id)
    assert (answer.status_code, answer["Location"].startswith("/console/prove")) == (302, True)
    assert look(client).status_code == 403
    assert release(proved_as(colleague), review.id).status_code == 302
    assert review_queries.review(shop.id, review.id).outcome == "release"
    assert look(client).status_code == 302


@pytest.mark.usefixtures("where")
def test_a_newcomer_may_say_no(shop: Shop, says: Saying) -> None:
    client = by_link(old_hand(shop.id, Role.SUPPORT))
    says.says[Scene.STAFF_VIEW] = Outcome.REVIEW
    assert look(client).status_code == 403
    [review] = review_queries.review_queue(shop.id)
    assert release(inside(shop.id, Role.SUPPORT), review.id, "deny").status_code == 302
    assert review_queries.review(shop.id, review.id).outcome == "deny"


@pytest.mark.parametrize("scene", ["staff_view", "export"])
def test_no_clock_is_set_to_let_oneself_through(shop: Shop, scene: str) -> None:
    page, sent = reverse("desk:risk-review-policies"), {"scene": scene, "minutes": "1", "overdue": "release"}
    thief = person(shop.id, Role.OPERATOR, app=True)
    before = state_of_all()
    answer = by_link(thief).post(page, sent)
    assert answer["Location"].startswith("/console/prove")
    assert proved_as(thief).post(page, sent).status_code == 422
    assert changed_since(before) == set()
    assert proved_as(person(shop.id, app=True)).post(page, {**sent, "overdue": "deny"}).status_code == 302


@pytest.mark.usefixtures("where")
def test_what_only_time_let_through_is_asked_again(shop: Shop, says: Saying) -> None:
    """A default that was set before stands in the table still."""
    client = by_link(old_hand(shop.id, Role.SUPPORT))
    says.says[Scene.STAFF_VIEW] = Outcome.REVIEW
    assert look(client).status_code == 403
    sql("UPDATE risk_review SET state = 'done', outcome = 'release', done_by = 'system', done_at = now()")
    assert look(client).status_code == 403
    assert len(review_queries.review_queue(shop.id)) == 1


# -- counting -----------------------------------------------------------------------------------------------


def counted(shop: Shop, one: Person, now: Any) -> Looked:
    visitor = staff_visitor(shop.id, one.staff.id, now)
    assert visitor is not None
    return looked(visitor, now)


def test_who_looked_a_moment_later_and_was_quicker_is_seen(shop: Shop) -> None:
    """Two at once: each takes its time before it writes, and the later one may be written first. One of both must see
    the other, or as many pass as look at once.
    """
    one, first = old_hand(shop.id, Role.SUPPORT), utc_now()
    told: dict[str, Any] = {"shop_id": shop.id, "staff_id": one.staff.id, "kind": "code", "codes": 1, "unsold": 1}
    second = first + timedelta(milliseconds=5)
    begin_look(**told, now=second)
    assert counted(shop, one, second).codes == 1
    begin_look(**told, now=first)
    seen = counted(shop, one, first)
    assert (seen.codes, seen.unsold) == (2, 2)


def flood(shop: Shop, one: Person, kind: str, codes: int, many: int) -> None:
    sql(
        "INSERT INTO console_look (id, shop_id, staff_id, kind, at, done, codes, unsold, taken, decision_id)"
        " SELECT gen_random_uuid(), %s, %s, %s, now() - interval '10 minutes' + n * interval '1 ms', true, %s, 0,"
        " CASE WHEN %s = 'export' THEN gen_random_uuid() END, gen_random_uuid() FROM generate_series(1, %s) n",
        [shop.id, one.staff.id, kind, codes, kind, many],
    )


def test_nothing_is_pushed_out_of_sight(shop: Shop) -> None:
    """Questions without an answer are free; whoever asks 500 of them has looked at what they had looked at."""
    one = old_hand(shop.id, Role.SUPPORT)
    for kind, codes, many in (("export", 0, 4), ("code", 1, 99), ("code", 0, 600)):
        flood(shop, one, kind, codes, many)
    midday = utc_now()
    seen = counted(shop, one, midday)
    assert seen.codes == 99
    # Since midnight of the shop, which may have been a moment ago.
    zone = staff_visitor(shop.id, one.staff.id, midday)
    assert zone is not None
    flood(shop, one, "code", 1, 600)
    assert counted(shop, one, midday).codes == 500
    assert counted(shop, one, midday).exports == int(
        sql("SELECT count(*) FROM console_look WHERE kind = 'export' AND at >="
            " date_trunc('day', now() AT TIME ZONE %s) AT TIME ZONE %s", [zone.shop.timezone] * 2)[0][0]
    )  # fmt: skip


# -- one's own ------------------------------------------------------------------------------------------------


def test_nobody_lets_themselves_guess_on(shop: Shop) -> None:
    """The lock-out of one's own address is somebody else's to end."""
    hammer(shop)
    one = old_hand(shop.id, Role.SUPPORT)
    thief = by_link(one, Client(REMOTE_ADDR=IP))
    [(by, key)] = [(each.by, each.key) for each in door_queries.locked_keys(shop.id, now=utc_now())]
    sent = {"door": "redeem", "by": by.name.lower(), "key": str(key), "reason": "误锁"}
    before = state_of_all()
    assert thief.post(reverse("desk:risk-door-unlock"), sent).status_code == 403
    assert state_of_all() == before
    assert len(door_queries.locked_keys(shop.id, now=utc_now())) == 1
    elsewhere = by_link(one, Client(REMOTE_ADDR="198.51.100.77"))
    assert elsewhere.post(reverse("desk:risk-door-unlock"), sent).status_code == 302


def test_nobody_labels_what_they_did(shop: Shop) -> None:
    one = old_hand(shop.id, Role.SUPPORT)
    made = judged(shop, Outcome.DENY, Scene.STAFF_VIEW, buyer=one.staff.actor)
    client, before = by_link(one), state_of_all()
    add = reverse("desk:risk-label-add")
    assert client.post(add, {"what": str(made.id), "bad": "0", "reason": "x"}).status_code == 403
    assert client.post(reverse("desk:risk-decision-label", args=[made.id]), {"bad": "0"}).status_code == 403
    assert changed_since(before) == set()
    other = by_link(old_hand(shop.id, Role.SUPPORT))
    assert other.post(add, {"what": str(made.id), "bad": "1", "reason": "x"}).status_code == 302


def test_bait_is_taken_away_with_a_proof(shop: Shop) -> None:
    """An open browser of somebody who may set rules makes the shop blind first."""
    plant_honeypots(shop_id=shop.id, count=1, why="x", actor="test", now=utc_now())
    [mine] = honeypots(shop_id=shop.id)
    client = inside(shop.id, Role.OPERATOR)
    before = state_of_all()
    for planted_id in (mine.id, uuid4()):
        answer = client.post(reverse("desk:risk-trap-retire", args=[planted_id]))
        assert answer["Location"].startswith("/console/prove")
    assert state_of_all() == before
