"""The limit of `bench orders`: the statements captured of an order are whole, and the server takes them."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from psycopg.conninfo import make_conninfo

from goodfor.cli import world
from goodfor.cli.bench import limit
from goodfor.kernel.clock import utc_now
from goodfor.kernel.tenancy import platform_job

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_an_order_sends_can_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {key: connection.get_connection_params().get(key) for key in ("host", "port", "user", "password", "dbname")}
    monkeypatch.setenv("DATABASE_URL", make_conninfo(**given))
    now = utc_now()
    shop = world.make_shop(now)
    world.load_codes(shop.shop_id, shop.skus["kw-50"], world.random_codes(20), now, cost_minor=800)
    body = json.dumps({"lines": [{"sku_id": str(shop.skus["kw-50"]), "quantity": 1}], "payment": "balance"})

    def buy(key: str) -> None:
        headers = {"Authorization": f"Bearer {shop.api_key}", "Idempotency-Key": key}
        answer = Client().post("/api/v1/orders", body, content_type="application/json", headers=headers)
        assert answer.status_code == 201, answer.content

    for key in ("warm-1", "warm-2", "warm-3"):
        buy(key)
    text = limit.script(limit.capture(lambda: buy("one")), limit.capture(lambda: buy("two")))
    assert not re.search(r"%\(|\$\d", text), "a value was not filled in"
    assert "risk_decision" in text, "judging is a part of an order"
    filled = re.sub(r":(n|client_id)\b", "7000", text)
    with platform_job("a look at the bench"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM orders_order")
        before = cursor.fetchone()
        for line in filled.splitlines():
            if not line.startswith("\\"):
                cursor.execute(line)
        cursor.execute("SELECT count(*) FROM orders_order")
        assert cursor.fetchone() == (before[0] + 1,)
