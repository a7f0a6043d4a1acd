"""Coming in is judged: asked for a proof of work, refused in few words, and the same for names that nobody has."""

import json
import re
import time
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.test import Client

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import PASSWORD, link_of, person, sql, state_of_all
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import relay_all
from goodfor.risk import review_queries
from goodfor.risk.doors import challenge
from goodfor.risk.enrichment import device
from goodfor.risk.tests.saying import Saying, decided, results, saying
from goodfor.risk.types import Outcome, Result, Scene

pytestmark = pytest.mark.django_db(transaction=True)
SIGNIN = "/console/signin"
WRONG = "two-wrong-words-77"


@pytest.fixture
def says() -> Iterator[Saying]:
    with saying() as rules:
        yield rules


def signin(client: Client, name: str, password: str = PASSWORD) -> Any:
    return client.post(SIGNIN, {"username": name, "password": password, "next": "/console/orders/"})


def fields_of(answer: Any) -> tuple[str, dict[str, Any]]:
    text = answer.content.decode()
    kept = re.findall(r'name="kept" value="([^"]+)"', text)[0]
    return kept, json.loads(unescape(re.findall(r'data-challenge="([^"]+)"', text)[0]))


def go_on(client: Client, answer: Any, **more: str) -> Any:
    kept, asked = fields_of(answer)
    return client.post(SIGNIN, {"kept": kept, "proof": challenge.solve(asked), **more})


def tries() -> list[tuple[Any, ...]]:
    return sql("SELECT scope, tries, blocked_until FROM console_tries ORDER BY scope")


def test_each_way_in_is_judged_and_noted(shop: Shop, says: Saying) -> None:
    one, other = person(shop.id, Role.SUPPORT, password=True), person(shop.id, password=True, app=True)
    client = Client()
    assert signin(client, one.staff.username, WRONG).status_code == 401
    assert signin(client, one.staff.username)["Location"] == "/console/orders/"
    assert results(Scene.SIGN_IN) == [Result.BAD, Result.GOOD]
    # The second factor is the end of it; a wrong one is a failure of its own.
    half = Client()
    assert signin(half, other.staff.username)["Location"] == "/console/signin/second"
    assert len(results(Scene.SIGN_IN)) == 2
    assert half.post("/console/signin/second", {"code": "000000"}).status_code == 401
    assert half.post("/console/signin/second", {"code": other.code()}).status_code == 302
    assert results(Scene.SIGN_IN)[2:] == [Result.BAD, Result.GOOD]
    assert Client().post(SIGNIN, {"token": link_of(one)})["Location"] == "/console/"
    assert results(Scene.SIGN_IN)[4:] == [Result.GOOD]
    assert decided(Scene.SIGN_IN) == ["allow"] * 4
    # Under one key for all ways in, and the device that the browser was given at the door.
    keys = sql("SELECT DISTINCT buyer FROM risk_event WHERE scene = 2")
    assert len(keys) == 2
    assert sql("SELECT count(*) FROM risk_entity WHERE kind = 1 AND label = %s", [one.staff.actor]) == [(1,)]
    assert device.COOKIE in client.cookies
    assert signin(client, one.staff.username).status_code == 302
    assert sql("SELECT device IS NOT NULL FROM risk_event WHERE scene = 2 ORDER BY id DESC LIMIT 1") == [(True,)]


def test_a_challenge_keeps_what_was_typed_and_goes_on(shop: Shop, says: Saying) -> None:
    one, client = person(shop.id, Role.SUPPORT, password=True), Client()
    says.says[Scene.SIGN_IN] = Outcome.CHALLENGE
    before = state_of_all()
    answer = signin(client, one.staff.username)
    assert answer.status_code == 403
    assert PASSWORD not in answer.content.decode()
    assert "risk/solve.js" in answer.content.decode()
    # What was stopped was no guess.
    assert [(scope, count) for scope, count, _until in tries()] == [("account", 0), ("address", 0)]
    assert state_of_all() == before
    kept, asked = fields_of(answer)
    assert client.post(SIGNIN, {"kept": kept, "proof": "nonsense"}).status_code == 403
    assert client.get("/console/orders/").status_code == 302
    # Only in this browser, and once.
    assert Client().post(SIGNIN, {"kept": kept, "proof": challenge.solve(asked)}).status_code == 403
    proof = challenge.solve(asked)
    assert client.post(SIGNIN, {"kept": kept, "proof": proof})["Location"] == "/console/orders/"
    assert client.get("/console/orders/").status_code == 200
    again = Client()
    again.cookies[device.COOKIE] = client.cookies[device.COOKIE].value
    assert again.post(SIGNIN, {"kept": kept, "proof": proof}).status_code == 403
    assert results(Scene.SIGN_IN) == [Result.GOOD]


@pytest.mark.parametrize("text", ["", "x", "AAAA", "A" * 9000])
def test_what_is_not_ours_is_no_page_of_ours(shop: Shop, text: str) -> None:
    before = state_of_all()
    answer = Client().post(SIGNIN, {"kept": text, "proof": "x"})
    assert answer.status_code == 403
    assert "重新登录" in answer.content.decode()
    assert state_of_all() == before


def test_it_is_good_for_ten_minutes(shop: Shop, says: Saying) -> None:
    one, client = person(shop.id, Role.SUPPORT, password=True), Client()
    says.says[Scene.SIGN_IN] = Outcome.CHALLENGE
    answer = signin(client, one.staff.username)
    kept, asked = fields_of(answer)
    proof = challenge.solve(asked)
    with time_machine.travel(utc_now() + timedelta(minutes=11)):
        assert client.post(SIGNIN, {"kept": kept, "proof": proof}).status_code == 403
    assert results(Scene.SIGN_IN) == []


@pytest.mark.parametrize("outcome", [Outcome.REVIEW, Outcome.HOLD])
def test_nothing_is_held_at_a_door(shop: Shop, says: Saying, outcome: Outcome) -> None:
    """The dearest proof instead; what is to be looked at, somebody hears of."""
    one, client = person(shop.id, Role.SUPPORT, password=True), Client()
    says.says[Scene.SIGN_IN] = outcome
    answer = signin(client, one.staff.username)
    _kept, asked = fields_of(answer)
    assert asked["parameters"]["data"]["cost"] == 4
    assert go_on(client, answer).status_code == 302
    relay_all(utc_now())
    assert len(review_queries.review_queue(shop.id)) == (2 if outcome is Outcome.REVIEW else 0)


def test_refused_in_few_words_by_every_way(shop: Shop, says: Saying) -> None:
    one = person(shop.id, Role.SUPPORT, password=True)
    says.says[Scene.SIGN_IN] = Outcome.DENY
    client = Client()
    for answer in (signin(client, one.staff.username), signin(client, one.staff.username, WRONG),
                   client.post(SIGNIN, {"token": link_of(one)})):  # fmt: skip
        assert answer.status_code == 403
        assert "请稍后再试；急用请用登录链接。" in answer.content.decode()
    assert client.get("/console/").status_code == 302
    assert results(Scene.SIGN_IN) == []
    assert sql("SELECT count(*) FROM console_session") == [(0,)]


def test_a_failing_engine_asks_for_a_proof(shop: Shop, says: Saying) -> None:
    one, client = person(shop.id, Role.SUPPORT, password=True), Client()
    says.fails = True
    answer = signin(client, one.staff.username)
    assert answer.status_code == 403
    assert go_on(client, answer).status_code == 302
    # A link is proof enough: it is the way in when all else fails.
    assert Client().post(SIGNIN, {"token": link_of(one)}).status_code == 302
    assert "allow" not in decided(Scene.SIGN_IN)


@pytest.mark.parametrize("outcome", [None, Outcome.CHALLENGE, Outcome.DENY])
def test_a_name_that_nobody_has_is_treated_alike(
    shop: Shop, says: Saying, settings: Any, outcome: Outcome | None
) -> None:
    one = person(shop.id, Role.SUPPORT, password=True)
    settings.GOODFOR_STEADY_MS = 400
    if outcome:
        says.says[Scene.SIGN_IN] = outcome
    answers, times = [], []
    for name in (one.staff.username, "nobody-at-all"):
        began = time.perf_counter()
        answer = signin(Client(), name, WRONG)
        times.append(time.perf_counter() - began)
        text = answer.content.decode().replace(name, "?")
        text = re.sub(r'(value|data-challenge|content)="[^"]{40,}"', "", text)
        answers.append((answer.status_code, text))
    assert answers[0] == answers[1]
    assert min(times) >= 0.4
    assert len(decided(Scene.SIGN_IN)) == 2
    # Each has a key of its own, and no name stands anywhere.
    assert len(sql("SELECT DISTINCT buyer FROM risk_event WHERE scene = 2 AND result = 0")) == 2
    assert "nobody-at-all" not in str(sql("SELECT label FROM risk_entity"))


def test_guesses_are_seen_by_rules(shop: Shop, says: Saying) -> None:
    one = person(shop.id, Role.SUPPORT, password=True)
    for _ in range(3):
        signin(Client(REMOTE_ADDR="203.0.113.9"), one.staff.username, WRONG)
    signin(Client(REMOTE_ADDR="203.0.113.9"), one.staff.username, WRONG)
    seen = says.seen[-1][1]
    assert (seen["buyer_sign_in_bad_1h"], seen["address_sign_in_bad_10m"]) == (3, 3)
