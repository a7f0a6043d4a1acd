"""Reviews on the desk: most urgent first, in one pair of hands, decided with what follows, and on to the next."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, person, proved, sql, state_of_all
from goodfor.console.tests.risk_rule_things import Pair, pair, proven, waiting
from goodfor.console.tests.risk_things import act_of
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.kit import writing
from goodfor.risk import pipeline, review_queries
from goodfor.risk.keys import keys_of
from goodfor.risk.operations.review_steps import LEASE
from goodfor.risk.operations.take_review import take
from goodfor.risk.tests.happenings import link
from goodfor.risk.types import KeyKind, Outcome

pytestmark = pytest.mark.django_db(transaction=True)
QUEUE = "/console/risk/reviews/"
MONEY = str(writing.money(Money(4850, "CNY")))


@pytest.fixture(autouse=True)
def never_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)


@pytest.fixture
def two(shop: Shop) -> Pair:
    return pair(shop)


def words_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def on_page(client: Client, query: str = "") -> list[UUID]:
    """Reviews in the order in which they stand."""
    html = client.get(QUEUE + query).content.decode()
    return [UUID(one) for one in re.findall(r'href="/console/risk/reviews/([0-9a-f-]{36})/" data-row', html)]


def page_of(review_id: UUID, act: str = "") -> str:
    return f"{QUEUE}{review_id}/{act}"


# -- the queue --------------------------------------------------------------------------------------


def test_the_most_urgent_stands_first(shop: Shop, two: Pair) -> None:
    now = utc_now()
    late = waiting(shop, now=now, buyer="guest:a")
    soon = waiting(shop, now=now - timedelta(minutes=30), buyer="guest:b")
    over = waiting(shop, now=now - timedelta(minutes=90), buyer="guest:c")
    assert on_page(two.first) == [over, soon, late]
    told = words_of(two.first.get(QUEUE))
    for word in ("超时", "等人处理 3", "已超时 1", shop.placed.number):
        assert word in told, word
    assert two.first.get(QUEUE).content.decode().count(MONEY) == 3
    assert on_page(two.first, "?scene=claim") == []
    assert on_page(two.first, "?scene=x&before=y&tab=z") == [over, soon, late]
    assert review_queries.waiting_reviews(shop.id) == 3
    assert "人工审核 3" in told


def test_a_denial_that_was_let_wait_is_marked_as_such(shop: Shop, two: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 10_000)
    made = waiting(shop, Outcome.DENY)
    assert "抽样：本应拒绝" in words_of(two.first.get(QUEUE))
    assert "抽样：本应拒绝" in words_of(two.first.get(page_of(made)))


def test_looking_takes_nothing(shop: Shop, two: Pair) -> None:
    made = waiting(shop)
    before = state_of_all()
    told = words_of(two.first.get(page_of(made)))
    assert "开始审核" in told
    assert "要求验证，再按回车确定" in told
    assert two.first.get(QUEUE).status_code == 200
    assert state_of_all() == before
    assert two.first.get(page_of(made, "take")).status_code == 405


# -- in hand ----------------------------------------------------------------------------------------


def test_two_people_cannot_have_one(shop: Shop, two: Pair) -> None:
    made = waiting(shop)
    assert two.first.post(page_of(made, "take")).status_code == 302
    assert "在你手上" in words_of(two.first.get(page_of(made)))
    told = words_of(two.second.get(page_of(made)))
    assert "正在看" in told
    assert "放行？" not in two.second.get(page_of(made)).content.decode()
    before = state_of_all()
    refused = two.second.post(page_of(made, "take"))
    assert refused.status_code == 409
    assert "这项审核不在你手上" in words_of(refused)
    assert two.second.post(page_of(made, "decide"), {"outcome": "release"}).status_code == 409
    assert two.second.post(QUEUE + "next")["Location"] == QUEUE
    assert state_of_all() == before
    # Who does not decide in time holds it no longer.
    sql("UPDATE risk_review SET lease_until = %s", [utc_now() - timedelta(seconds=1)])
    assert two.first.post(page_of(made, "decide"), {"outcome": "release"}).status_code == 409
    assert two.second.post(page_of(made, "take")).status_code == 302


def test_two_browsers_at_once_get_different_ones(shop: Shop) -> None:
    reviews = {waiting(shop, buyer=f"guest:{number}") for number in range(6)}
    clients = [proven(person(shop.id, Role.SUPPORT, app=True)) for _ in range(3)]

    def work(client: Client) -> list[UUID]:
        try:
            return [UUID(client.post(QUEUE + "next")["Location"].split("/")[-2]) for _ in range(2)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as threads:
        taken = [one for mine in threads.map(work, clients) for one in mine]
    assert sorted(taken) == sorted(reviews)


def test_going_on_gives_back_what_one_leaves(shop: Shop, two: Pair) -> None:
    now = utc_now()
    first = waiting(shop, now=now - timedelta(minutes=5), buyer="guest:a")
    second = waiting(shop, now=now, buyer="guest:b")
    two.first.post(page_of(first, "take"))
    html = two.first.get(page_of(first)).content.decode()
    assert f'action="{page_of(second, "take")}"' in html
    assert 'data-key="j"' in html
    assert 'data-key="k"' not in html
    assert two.first.post(page_of(second, "take"), {"leave": str(first)})["Location"] == page_of(second)
    states = dict(sql("SELECT id, state FROM risk_review"))
    assert states == {first: "open", second: "taken"}
    # What is in others' hands is not given back by a form that says so.
    two.second.post(page_of(first, "take"))
    for left in (str(first), "x", str(uuid4())):
        two.first.post(page_of(second, "take"), {"leave": left})
    assert dict(sql("SELECT id, state FROM risk_review")) == {first: "taken", second: "taken"}
    assert two.first.post(page_of(second, "decide"), {"outcome": "leave"})["Location"] == QUEUE
    assert dict(sql("SELECT id, state FROM risk_review"))[second] == "open"


# -- decided ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("outcome", "bad"), [("release", False), ("deny", True), ("ask", None)])
def test_the_next_one_opens_by_itself(shop: Shop, two: Pair, outcome: str, bad: bool | None) -> None:
    now = utc_now()
    first = waiting(shop, now=now - timedelta(minutes=5), buyer="guest:a")
    second = waiting(shop, now=now, buyer="guest:b")
    two.first.post(page_of(first, "take"))
    before = state_of_all()
    for odd in ({"outcome": "maybe"}, {}, {"outcome": outcome, "note": "x" * 401}):
        assert two.first.post(page_of(first, "decide"), odd).status_code == 422
    assert state_of_all() == before
    answer = two.first.post(page_of(first, "decide"), {"outcome": outcome, "note": "电话核实"})
    assert answer["Location"] == page_of(second)
    assert sql("SELECT taken_by FROM risk_review WHERE id = %s", [second]) == [(two.anna.staff.actor,)]
    labels = sql("SELECT bad, source FROM risk_label")
    assert labels == ([] if bad is None else [(bad, "review")])
    told = words_of(two.second.get(page_of(first)))
    assert "电话核实" in told
    assert on_page(two.first, "?tab=done") == [first]
    assert on_page(two.first) == [second]
    answer = two.first.post(page_of(second, "decide"), {"outcome": outcome})
    assert answer["Location"] == QUEUE
    before = state_of_all()
    assert two.first.post(page_of(second, "decide"), {"outcome": outcome}).status_code == 409
    assert two.first.post(page_of(second, "take"))["Location"] == page_of(second)
    assert state_of_all() == before


def test_all_that_one_needs_stands_there(shop: Shop, two: Pair) -> None:
    made = waiting(shop)
    keys = keys_of(act_of(shop))
    others = keys_of(act_of(shop, buyer="guest:other"))
    for one in (keys, others):
        link(shop.id, one[KeyKind.BUYER], one[KeyKind.DEVICE], 2, utc_now())
    told = words_of(two.first.get(page_of(made)))
    assert MONEY in two.first.get(page_of(made)).content.decode()
    for word in (shop.placed.number, "203.0.113.*", "关联的其他账号", "下单", "1 单，付款 0 单"):
        assert word in told, word
    # The contact is shown to whoever may see buyers, and masked to others.
    support = inside(shop.id, Role.FINANCE)
    assert "ming.li@" not in support.get(page_of(made)).content.decode()
    assert "你的角色只能看" in words_of(support.get(page_of(made)))


@pytest.mark.parametrize("role", [Role.VIEWER, Role.FINANCE])
def test_who_may_only_look_changes_nothing(shop: Shop, two: Pair, role: str) -> None:
    made = waiting(shop)
    client = proved(shop.id, role)
    before = state_of_all()
    for act, sent in (("take", {}), ("decide", {"outcome": "release"})):
        assert client.post(page_of(made, act), sent).status_code == 403
    assert client.post(QUEUE + "next").status_code == 403
    assert client.post(QUEUE + "times", {"scene": "order", "minutes": "5", "overdue": "deny"}).status_code == 403
    assert state_of_all() == before


def test_what_another_shop_has_is_not_there(shop: Shop, other: Shop, two: Pair) -> None:
    theirs = waiting(other)
    before = state_of_all()
    assert on_page(two.first) == []
    assert two.first.get(page_of(theirs)).status_code == 404
    for act in ("take", "decide"):
        assert two.first.post(page_of(theirs, act), {"outcome": "release"}).status_code == 404
    assert two.first.post(QUEUE + "next")["Location"] == QUEUE
    assert state_of_all() == before


def test_how_long_people_have_is_set_by_scene(shop: Shop, two: Pair) -> None:
    where = reverse("desk:risk-review-policies")
    assert "默认" in words_of(two.first.get(where))
    before = state_of_all()
    for odd in ({"scene": "x"}, {"minutes": "0"}, {"minutes": "99999"}, {"overdue": "shrug"}):
        assert two.first.post(where, {"scene": "order", "minutes": "30", "overdue": "deny", **odd}).status_code == 422
    assert state_of_all() == before
    assert two.first.post(where, {"scene": "order", "minutes": "30", "overdue": "ask"}).status_code == 302
    now = utc_now()
    made = waiting(shop, now=now)
    [(due, overdue)] = sql("SELECT due_at, overdue FROM risk_review WHERE id = %s", [made])
    assert (due, overdue) == (now + timedelta(minutes=30), "ask")


def test_the_lease_is_said(shop: Shop, two: Pair) -> None:
    made = waiting(shop)
    now = utc_now()
    held = take(shop_id=shop.id, review_id=made, actor=two.anna.staff.actor, now=now)
    assert held.lease_until == now + LEASE
    assert "给你留到" in words_of(two.first.get(page_of(made)))
