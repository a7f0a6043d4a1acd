"""A write happens once for its key, whoever repeats it, whenever."""

import threading
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from goodfor.identity.models import Shop
from goodfor.identity.tests.factories import make_client
from goodfor.identity.types import NewApiKey, ShopView
from goodfor.openapi.tests.conftest import Ask, ask_with
from goodfor.openapi.tests.test_guards import check

pytestmark = [pytest.mark.django_db, pytest.mark.urls("goodfor.openapi.tests.dummy")]


def _effects(shop: ShopView) -> int:
    return Shop.objects.get(pk=shop.id).name.count("+")


def _stored(shop: ShopView) -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer FROM kernel_idempotency WHERE shop_id = %s", [shop.id])
        return [bytes(row[0]) for row in cursor.fetchall()]


def test_replay(ask: Ask, shop: ShopView) -> None:
    first = ask("POST", "/things", json={"name": "x"}, idem="k")
    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first
    for _ in range(3):
        again = ask("POST", "/things", json={"name": "x"}, idem="k")
        assert (again.status_code, again.content) == (201, first.content)
        assert again["Idempotency-Replayed"] == "true"
        assert again["Content-Type"] == "application/json"
    assert _effects(shop) == 1
    assert ask("POST", "/things", json={"name": "x"}, idem="k2").status_code == 201
    assert _effects(shop) == 2


def test_key_with_another_request(ask: Ask, shop: ShopView) -> None:
    ask("POST", "/things", json={"name": "x"}, idem="k")
    check(ask("POST", "/things", json={"name": "y"}, idem="k"), 422, "idempotency_key_reused")
    check(ask("POST", "/looks", json={"name": "x"}, idem="k"), 422, "idempotency_key_reused")
    assert _effects(shop) == 1


@pytest.mark.parametrize("idem", ["", "a b", "x" * 256, "é", "a\tb"])
def test_bad_keys(ask: Ask, shop: ShopView, idem: str) -> None:
    check(ask("POST", "/things", json={"name": "x"}, idem=idem), 400, "idempotency_key_invalid")
    check(ask("POST", "/things", json={"name": "x"}), 400, "idempotency_key_required")
    assert _effects(shop) == 0


def test_refused_write_leaves_nothing_and_frees_its_key(ask: Ask, shop: ShopView) -> None:
    problem = check(ask("POST", "/things", json={"name": "x", "mode": "fail"}, idem="k"), 409, "sold_out")
    assert problem["available"] == 0
    assert _effects(shop) == 0
    assert _stored(shop) == []
    assert ask("POST", "/things", json={"name": "x"}, idem="k").status_code == 201


def test_keys_of_clients_are_apart(ask: Ask, shop: ShopView, came: datetime) -> None:
    other = ask_with(make_client(shop, came).api_key)
    assert ask("POST", "/things", json={"name": "x"}, idem="k").status_code == 201
    assert "Idempotency-Replayed" not in other("POST", "/things", json={"name": "x"}, idem="k")
    assert _effects(shop) == 2


def test_secret_answers_are_sealed(ask: Ask, shop: ShopView) -> None:
    body = {"name": "x", "mode": "secret"}
    first = ask("POST", "/things", json=body, idem="k")
    assert first.json()["secret"] == "TOP-SECRET"
    (stored,) = _stored(shop)
    assert b"TOP-SECRET" not in stored
    again = ask("POST", "/things", json=body, idem="k")
    assert again.content == first.content
    assert again["Idempotency-Replayed"] == "true"


def test_looks_are_not_stored_but_done_again(ask: Ask, shop: ShopView) -> None:
    assert "Idempotency-Replayed" not in ask("POST", "/looks", json={"name": "x"}, idem="k")
    again = ask("POST", "/looks", json={"name": "x"}, idem="k")
    assert again["Idempotency-Replayed"] == "true"
    assert again.json()["secret"] == "TOP-SECRET"
    assert _stored(shop) == [b""]
    assert _effects(shop) == 2
    check(ask("POST", "/looks", json={"name": "y"}, idem="k"), 422, "idempotency_key_reused")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["slow", "secret"])
def test_same_key_at_once(key: NewApiKey, shop: ShopView, mode: str) -> None:
    barrier, answers = threading.Barrier(6), []

    def run() -> None:
        ask = ask_with(key.api_key)
        barrier.wait()
        try:
            answers.append(ask("POST", "/things", json={"name": "x", "mode": mode}, idem="k"))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done: list[Any] = [response for response in answers if response.status_code == 201]
    assert {response.status_code for response in answers} <= {201, 409}
    assert len({response.content for response in done}) == 1
    assert sum("Idempotency-Replayed" not in response for response in done) == 1
    assert _effects(shop) == 1
