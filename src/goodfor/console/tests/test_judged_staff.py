"""The staff under risk control: looking codes up, pictures. What is stopped was not shown; nothing passes alone."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from goodfor.console.models import Look
from goodfor.console.operations.note_look import begin_look
from goodfor.console.tests.claim_things import claim_of_client, picture_of
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import (
    Person,
    by_link,
    old_hand,
    person,
    proved_as,
    proved_long_ago,
    sql,
    state_of_all,
)
from goodfor.console.tests.test_codes import SECRETS, loaded
from goodfor.identity.operations.change_shop import change_shop
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job
from goodfor.orders.tests.factories import relay_all, together
from goodfor.risk import review_queries
from goodfor.risk.errors import SecondPersonNeeded
from goodfor.risk.keys import key_of
from goodfor.risk.operations.decide_review import decide_review
from goodfor.risk.operations.take_review import take
from goodfor.risk.tests.saying import Saying, decided, results, saying
from goodfor.risk.types import KeyKind, Outcome, Result, Scene
from goodfor.vault import queries as stock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def says() -> Iterator[Saying]:
    with saying() as rules:
        yield rules


@pytest.fixture
def helper(shop: Shop) -> Person:
    """Somebody of support, with forty unsold codes in stock."""
    loaded(by_link(person(shop.id)), shop)
    return old_hand(shop.id, Role.SUPPORT)


def look(client: Client, number: int = 0) -> Any:
    return client.post(reverse("desk:code-find"), {"secret": SECRETS[number]})


def page_of(shop: Shop, number: int = 0) -> str:
    code_id = stock.find_code(shop.id, secret=SECRETS[number])
    return reverse("desk:code-one", args=[code_id])


def looks() -> list[tuple[Any, ...]]:
    with platform_job("test"):
        return list(Look.objects.order_by("id").values_list("kind", "done", "codes", "unsold"))


def changed_since(before: dict[str, Any]) -> set[str]:
    """Tables of ours that are not as they were, but for the kernel's and those of people."""
    names = {name for name, state in state_of_all().items() if before.get(name) != state}
    return {name for name in names if not name.startswith(("kernel_", "auth_", "identity_", "mfa_"))}


def facts(says: Saying) -> dict[str, Any]:
    names = ("codes_viewed_hour", "unsold_viewed_hour", "exports_day", "export_rows", "export_approved",
             "staff_working_hours", "viewed_then_redeemed")  # fmt: skip
    return {name: says.seen[-1][1][name] for name in names}


def test_a_look_is_written_down_judged_and_noted(shop: Shop, helper: Person, says: Saying) -> None:
    client = by_link(helper)
    says.seen.clear()
    assert look(client).status_code == 302
    # Turning the page over, and acting on it, is not another look.
    for _ in range(2):
        assert client.get(page_of(shop)).status_code == 200
    assert client.post(page_of(shop), {"act": "quarantine", "reason": "x"}).status_code == 302
    assert says.scenes == [Scene.STAFF_VIEW]
    assert facts(says) == {
        "codes_viewed_hour": 1, "unsold_viewed_hour": 1, "exports_day": 0, "export_rows": None,
        "export_approved": None, "staff_working_hours": None, "viewed_then_redeemed": False,
    }  # fmt: skip
    assert looks() == [("code", True, 1, 1)]
    assert (decided(Scene.STAFF_VIEW), results(Scene.STAFF_VIEW)) == (["allow"], [Result.GOOD])
    # Without the question, by its address: it is a look as well.
    assert client.get(page_of(shop, 1)).status_code == 200
    assert (facts(says)["codes_viewed_hour"], len(looks())) == (2, 2)
    # A question without an answer shows nothing and is asked about all the same.
    assert client.post(reverse("desk:code-find"), {"secret": "NOBODYS-CODE"}).status_code == 200
    assert looks()[-1] == ("code", True, 0, 0)
    row = sql("SELECT subject_kind, subject_id, features->>'hour' FROM risk_decision WHERE scene = 12")
    assert {(kind, subject) for kind, subject, _hour in row} == {("staff", helper.staff.id)}
    with time_machine.travel(utc_now() + timedelta(minutes=16)):
        assert client.get(page_of(shop)).status_code == 200
        assert facts(says)["codes_viewed_hour"] == 3


def test_what_a_challenge_asks_for_is_a_proof_of_this_moment(shop: Shop, helper: Person, says: Saying) -> None:
    client = proved_long_ago(proved_as(helper), 180)
    says.says[Scene.STAFF_VIEW] = Outcome.CHALLENGE
    before = state_of_all()
    answer = client.get(page_of(shop))
    assert (answer.status_code, answer["Location"]) == (302, f"/console/prove?next={page_of(shop).replace('/', '%2F')}")
    assert look(client)["Location"].startswith("/console/prove")
    assert state_of_all() == before
    assert [done for _kind, done, *_ in looks()] == [False, False]
    assert results(Scene.STAFF_VIEW) == []
    proved_long_ago(client, 60)
    assert client.get(page_of(shop)).status_code == 200
    assert results(Scene.STAFF_VIEW) == [Result.GOOD]


@pytest.mark.parametrize("outcome", [Outcome.REVIEW, Outcome.HOLD])
def test_a_colleague_lets_it_through_for_a_quarter_of_an_hour(
    shop: Shop, helper: Person, says: Saying, outcome: Outcome
) -> None:
    client, colleague = by_link(helper), old_hand(shop.id)
    says.says[Scene.STAFF_VIEW] = outcome
    relay_all(utc_now())
    before = state_of_all()
    refused = look(client)
    assert refused.status_code == 403
    assert "复核" in refused.content.decode()
    [review] = review_queries.review_queue(shop.id)
    assert (review.scene, review.subject) == (Scene.STAFF_VIEW, ("staff", helper.staff.id))
    # Until somebody has looked everything of theirs waits, and nothing more is queued.
    relay_all(utc_now())
    assert [look(client, number).status_code for number in (0, 1)] == [403, 403]
    assert client.get(page_of(shop)).status_code == 403
    relay_all(utc_now())
    assert len(review_queries.review_queue(shop.id)) == 1
    assert changed_since(before) == {"risk_review"}
    # Nobody lets themselves through.
    with pytest.raises(SecondPersonNeeded):
        take(shop_id=shop.id, review_id=review.id, actor=helper.staff.actor, now=utc_now())
    take(shop_id=shop.id, review_id=review.id, actor=colleague.staff.actor, now=utc_now())
    decide_review(
        shop_id=shop.id, review_id=review.id, outcome="release", actor=colleague.staff.actor, now=utc_now()
    )  # fmt: skip
    assert look(client).status_code == 302
    # That is said of this person alone.
    assert look(by_link(person(shop.id, Role.SUPPORT))).status_code == 403
    with time_machine.travel(utc_now() + timedelta(minutes=16)):
        assert look(client, 1).status_code == 403


def test_what_a_colleague_refused_is_refused(shop: Shop, helper: Person, says: Saying) -> None:
    client, colleague = by_link(helper), old_hand(shop.id)
    says.says[Scene.STAFF_VIEW] = Outcome.REVIEW
    assert look(client).status_code == 403
    [review] = review_queries.review_queue(shop.id)
    told = {"shop_id": shop.id, "review_id": review.id, "actor": colleague.staff.actor, "now": utc_now()}
    take(**told)
    decide_review(**told, outcome="deny")
    relay_all(utc_now())
    assert look(client).status_code == 403
    assert review_queries.review_queue(shop.id) == []
    assert results(Scene.STAFF_VIEW) == []


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_denied_or_cannot_be_judged_is_not_shown(
    shop: Shop, helper: Person, says: Saying, fails: bool
) -> None:  # fmt: skip
    """With the same few words, and without a trace of what it would have shown."""
    client, ticket = by_link(helper), claim_of_client(shop)
    picture = reverse("desk:claim-picture", args=[ticket, picture_of(shop, ticket)])
    says.fails, says.says[Scene.STAFF_VIEW] = fails, Outcome.DENY
    before = state_of_all()
    for answer in (look(client), client.get(page_of(shop)), client.get(picture)):
        assert answer.status_code == 403
        text = answer.content.decode()
        assert "现在无法完成这个操作" in text
        assert "codes.txt" not in text
    assert changed_since(before) == set()
    assert set(decided(Scene.STAFF_VIEW)) == {"deny"}
    assert [done for _kind, done, *_ in looks()] == [False] * 3
    # Their own page is open; the engine's trouble is no reason to stop people from working.
    assert client.get("/console/orders/").status_code == 200


def test_a_picture_counts_as_a_code(shop: Shop, helper: Person, says: Saying) -> None:
    client, ticket = by_link(helper), claim_of_client(shop)
    picture = reverse("desk:claim-picture", args=[ticket, picture_of(shop, ticket)])
    says.seen.clear()
    for _ in range(2):
        assert client.get(picture).status_code == 200
    assert (says.scenes, looks()) == ([Scene.STAFF_VIEW], [("picture", True, 1, 0)])


def test_of_many_at_once_each_sees_the_others(shop: Shop, helper: Person, says: Saying) -> None:
    """Twenty requests side by side, each counted before it is judged: the last sees twenty."""
    clients = [by_link(helper) for _ in range(20)]
    says.seen.clear()
    together(lambda number: look(clients[number], number).status_code, 20)
    seen = sorted(int(snapshot["codes_viewed_hour"] or 0) for _scene, snapshot in says.seen)
    assert seen[-1] == 20
    assert len(looks()) == 20
    # Whatever the order, no more than so many could have thought that they were among the first five.
    assert sum(1 for count in seen if count <= 5) <= 5


def test_what_began_later_and_was_written_earlier_counts(shop: Shop, helper: Person, says: Saying) -> None:
    """Two windows: the first to set out may be the last to be judged. Neither thinks that it is alone."""
    client, later = by_link(helper), utc_now() + timedelta(seconds=2)
    begin_look(shop_id=shop.id, staff_id=helper.staff.id, kind="code", codes=1, unsold=1, now=later)
    assert look(client).status_code == 302
    assert (facts(says)["codes_viewed_hour"], facts(says)["unsold_viewed_hour"]) == (2, 2)


def test_working_hours_are_those_of_the_shop(shop: Shop, helper: Person, says: Saying) -> None:
    owner = person(shop.id).staff
    change_shop(
        shop_id=shop.id, name="店", locale="zh-hans", timezone="Asia/Shanghai", settings={"staff_hours": "09:00-18:00"},
        actor=owner.actor, now=utc_now(),
    )  # fmt: skip
    day = utc_now().replace(hour=0, minute=30, second=0) + timedelta(days=1)
    for hour, works in ((0, False), (2, True), (9, True), (10, False)):
        with time_machine.travel(day + timedelta(hours=hour)):
            client = by_link(helper)
            assert look(client, hour).status_code == 302
            assert (facts(says)["staff_working_hours"], says.seen[-1][1]["sale_hour"]) == (works, 8 + hour)


def test_bait_that_is_brought_to_support_raises_the_alarm(shop: Shop, helper: Person, says: Saying) -> None:
    owner = proved_as(person(shop.id, app=True))
    page = page_of(shop, 5)
    assert "设为金丝雀" in owner.get(page).content.decode()
    assert "设为金丝雀" not in by_link(helper).get(page).content.decode()
    assert by_link(helper).post(page, {"act": "plant", "reason": "x"}).status_code == 403
    assert sql("SELECT count(*) FROM risk_canary") == [(0,)]
    assert owner.post(page, {"act": "plant", "reason": "第一批"}).status_code == 302
    planted = sql("SELECT c.canary, c.state, r.why FROM vault_code c, risk_canary r WHERE c.canary")
    assert planted == [(True, 3, "第一批")]
    assert owner.post(page, {"act": "restore", "reason": "x"}).status_code == 409
    assert owner.post(page, {"act": "plant", "reason": "x"}).status_code == 409
    assert look(by_link(helper), 4).status_code == 302
    assert sql("SELECT met FROM risk_canary") == [(0,)]
    assert look(by_link(helper), 5).status_code == 302
    assert sql("SELECT met, place FROM risk_canary") == [(1, "lookup")]
    # With who brought it.
    brought = sql("SELECT place, buyer, device <> 0 OR address <> 0, count FROM risk_meeting")
    assert brought == [("lookup", key_of(shop.id, KeyKind.BUYER, helper.staff.actor), True, 1)]
    # Also where the question itself is refused.
    says.says[Scene.STAFF_VIEW] = Outcome.DENY
    assert look(by_link(helper), 5).status_code == 403
    assert sql("SELECT met FROM risk_canary") == [(2,)]
    assert UUID(str(sql("SELECT payload->>'canary_id' FROM kernel_event WHERE name = 'risk.canary_seen'")[0][0]))
