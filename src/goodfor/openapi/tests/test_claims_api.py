"""Claims by the API, against the real rooms: what happens, that it happens once, and whose it is."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from goodfor.aftersales.operations.ask_buyer import ask_buyer
from goodfor.aftersales.operations.set_policy import set_policy
from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_client
from goodfor.openapi.tests.conftest import Ask, ask_with
from goodfor.openapi.tests.test_guards import check
from goodfor.openapi.tests.test_routers import fits
from goodfor.orders import queries as orders
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.tests.conftest import Shop, now, shop
from goodfor.orders.tests.factories import buy, sql
from goodfor.orders.types import OrderView

__all__ = ["now", "shop"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("goodfor.openapi.tests.mounted")]
ONE, MANY = "/orders/{number}/claims/{claim_id}", "/orders/{number}/claims"


@pytest.fixture
def ask(shop: Shop) -> Ask:
    return ask_with(shop.demo.api_key)


def everybody_gets(shop: Shop, then: str, why: str, now: datetime) -> None:
    rows = [{"name": "all", "when": {}, "then": then, "why": why, "proven": False}]
    set_policy(shop_id=shop.demo.shop_id, rules=rows, actor="test", now=now)


def seen_order(shop: Shop, now: datetime, quantity: int = 1) -> OrderView:
    order = buy(shop, now, quantity)
    reveal_codes(shop_id=shop.demo.shop_id, order_id=order.id, actor="test", ip="", now=now)
    return order


def claims(order: OrderView) -> list[tuple[str, str]]:
    return [(claim.reason, claim.state) for claim in orders.claims_of_order(order.shop_id, order.id)]


def cases(shop: Shop) -> list[tuple[Any, ...]]:
    return sql("SELECT c::text FROM aftersales_case c WHERE shop_id = %s ORDER BY id", [shop.demo.shop_id])


def made(ask: Ask, order: OrderView, idem: str = "k", **body: Any) -> dict[str, Any]:
    answer = ask("POST", f"/orders/{order.number}/claims", json={"reason": "invalid", **body}, idem=idem)
    assert answer.status_code == 201, answer.content
    return fits(answer, "post", MANY)


def test_unseen_codes_are_given_back_in_the_answer_and_once(ask: Ask, shop: Shop, now: datetime) -> None:
    order = buy(shop, now, 2)
    shown = made(ask, order, reason="changed_mind")
    assert (shown["state"], shown["stage"], shown["order_number"]) == ("refunded", "closed", order.number)
    assert shown["refund"] == {"amount": "97.00", "amount_minor": 9700, "currency": "CNY"}
    assert [unit["state"] for unit in shown["units"]] == ["refunded", "refunded"]
    assert shown["decision"]["automatic"] is True
    assert shown["decision"]["explanation"]
    again = ask("POST", f"/orders/{order.number}/claims", json={"reason": "changed_mind"}, idem="k")
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == shown
    assert claims(order) == [("changed_mind", "refunded")]


def test_a_bad_code_is_replaced_and_listed(ask: Ask, shop: Shop, now: datetime) -> None:
    order = seen_order(shop, now)
    everybody_gets(shop, "replace", "bad_replaced", now)
    shown = made(ask, order)
    [unit] = shown["units"]
    assert (shown["state"], unit["state"]) == ("replaced", "replaced")
    codes = ask("GET", f"/orders/{order.number}/codes").json()["items"]
    assert [code["id"] for code in codes] == [unit["new_code_id"]]
    page = fits(ask("GET", f"/orders/{order.number}/claims"), "get", MANY)
    assert [one["id"] for one in page["items"]] == [shown["id"]]


def test_a_person_decides_until_a_promised_time(ask: Ask, shop: Shop, now: datetime) -> None:
    order = seen_order(shop, now)
    everybody_gets(shop, "person", "check_person", now)
    shown = made(ask, order, text="platform says: no such card")
    assert (shown["state"], shown["stage"]) == ("open", "person")
    assert shown["answer_by"] < shown["decide_by"]
    path = f"/orders/{order.number}/claims/{shown['id']}"
    assert fits(ask("GET", path), "get", ONE) == shown
    ask_buyer(shop_id=order.shop_id, case_id=UUID(shown["id"]), why="staff_ask", note="", actor="staff:kim", now=now)
    waiting = fits(ask("GET", path), "get", ONE)
    assert (waiting["stage"], waiting["decision"]["action"]) == ("asking", "ask_buyer")
    answered = fits(ask("POST", f"{path}/messages", json={"text": "region CN"}, idem="m"), "post", f"{ONE}/messages")
    assert answered["stage"] == "person"
    gone = fits(ask("POST", f"{path}/withdraw", idem="w"), "post", f"{ONE}/withdraw")
    assert gone["state"] == "withdrawn"
    assert ask("POST", f"{path}/withdraw", idem="w").json() == gone
    check(ask("POST", f"{path}/withdraw", idem="w2"), 409, "case_moved")
    check(ask("POST", f"{path}/messages", json={"text": "x"}, idem="m2"), 409, "case_moved")
    assert claims(order) == [("invalid", "withdrawn")]


def test_one_objection(ask: Ask, shop: Shop, now: datetime) -> None:
    order = seen_order(shop, now)
    everybody_gets(shop, "reject", "still_valid", now)
    shown = made(ask, order)
    assert (shown["state"], shown["objection_possible"], shown["decision"]["why"]) == ("rejected", True, "still_valid")
    path = f"/orders/{order.number}/claims/{shown['id']}/objection"
    for body in ({}, {"text": ""}, {"text": "   "}, {"text": "x" * 501}, {"text": "x", "more": 1}):
        check(ask("POST", path, json=body, idem="o0"), 422, "validation_failed")
    everybody_gets(shop, "person", "second_look", now)
    again = fits(ask("POST", path, json={"text": "look again"}, idem="o"), "post", f"{ONE}/objection")
    assert (again["state"], again["stage"], again["objection_possible"]) == ("open", "person", False)
    check(ask("POST", path, json={"text": "and again"}, idem="o2"), 409, "case_moved")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"reason": "greed"}, 422, "validation_failed"), ({}, 422, "validation_failed"),
        ({"reason": "used", "code_ids": []}, 422, "validation_failed"),
        ({"reason": "used", "code_ids": [str(uuid4())]}, 422, "invalid_claim"),
        ({"reason": "used", "line_id": str(uuid4())}, 422, "invalid_claim"),
        ({"reason": "top_up_missing"}, 422, "invalid_claim"),
        ({"reason": "used", "text": "x" * 501}, 422, "validation_failed"),
        ({"reason": "used", "text": "a\x00b"}, 422, "validation_failed"),
        ({"reason": "used", "fresh": True}, 422, "validation_failed"),
    ],
)  # fmt: skip
def test_what_is_no_claim(ask: Ask, shop: Shop, now: datetime, body: dict[str, Any], status: int, code: str) -> None:
    order = seen_order(shop, now)
    check(ask("POST", f"/orders/{order.number}/claims", json=body, idem="k"), status, code)
    assert claims(order) == []
    # The key was not used up.
    everybody_gets(shop, "person", "check_person", now)
    assert made(ask, order)["stage"] == "person"
    check(ask("POST", f"/orders/{order.number}/claims", json={"reason": "used"}, idem="k2"), 409, "claim_exists")


def test_claims_of_others_are_not_there(ask: Ask, shop: Shop, now: datetime) -> None:
    order = seen_order(shop, now)
    everybody_gets(shop, "person", "check_person", now)
    shown = made(ask, order)
    other = ask_with(make_client(identity.shop_by_id(shop.demo.shop_id), now).api_key)
    own = seen_order(shop, now)
    before = sql(
        "SELECT md5(string_agg(c::text, '' ORDER BY c.id)) FROM aftersales_case c WHERE shop_id = %s", [order.shop_id]
    )
    for asking, number in ((other, order.number), (ask, "G260101ZZZZZZ0001")):
        check(asking("GET", f"/orders/{number}/claims"), 404, "order_not_found")
        check(asking("GET", f"/orders/{number}/claims/{shown['id']}"), 404, "order_not_found")
        check(asking("POST", f"/orders/{number}/claims", json={"reason": "used"}, idem="a"), 404, "order_not_found")
        for act in ("withdraw", "objection", "messages"):
            body = None if act == "withdraw" else {"text": "x"}
            path = f"/orders/{number}/claims/{shown['id']}/{act}"
            check(asking("POST", path, json=body, idem=f"b{act}"), 404, "order_not_found")
    # With one's own order in the address, and the claim of another.
    for claim_id in (shown["id"], str(uuid4())):
        check(ask("GET", f"/orders/{own.number}/claims/{claim_id}"), 404, "claim_not_found")
        for act in ("withdraw", "objection", "messages"):
            body = None if act == "withdraw" else {"text": "x"}
            path = f"/orders/{own.number}/claims/{claim_id}/{act}"
            check(ask("POST", path, json=body, idem=f"c{act}{claim_id}"), 404, "claim_not_found")
    after = sql(
        "SELECT md5(string_agg(c::text, '' ORDER BY c.id)) FROM aftersales_case c WHERE shop_id = %s", [order.shop_id]
    )
    assert after == before
    assert claims(order) == [("invalid", "open")]
