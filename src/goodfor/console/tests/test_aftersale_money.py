"""The page of compensation and recoveries: what is seen, who may write, and what a supplier gets as a file."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.accrue_reserve import accrue_reserve, days_due
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql, state_of_all
from goodfor.console.tests.things import money_things, supply_things
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now

pytestmark = pytest.mark.django_db(transaction=True)
PRICE = 4850


@pytest.fixture
def things(shop: Shop) -> dict[str, Any]:
    supplied = supply_things(shop)
    return {**supplied, **money_things(shop, supplied["supplier_id"])}


def text(client: Client, name: str, *args: Any) -> str:
    answer = client.get(reverse(f"desk:{name}", args=args))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_what_is_owed_is_seen_and_paid_by_those_who_may(shop: Shop, things: dict[str, Any]) -> None:
    client = proved(shop.id, Role.FINANCE)
    page = text(client, "claim-money")
    assert shop.delivered.number in page
    assert "485" in page
    assert "云梯供货" in page
    assert "准备金不足" in page
    pay = reverse("desk:claim-grant-pay", args=[things["grant_id"]])
    before = state_of_all()
    assert inside(shop.id, Role.OPERATOR).get(reverse("desk:claim-money")).status_code == 403
    assert inside(shop.id, Role.OPERATOR).post(pay, {"reference": "T1"}).status_code == 403
    assert "/prove" in inside(shop.id).post(pay, {"reference": "T1"})["Location"]
    assert client.post(pay, {"reference": " "}).status_code == 422
    changed = {table for table, rows in state_of_all().items() if rows != before.get(table)}
    assert not any(table.startswith(("aftersales", "ledger")) for table in changed)
    assert client.post(pay, {"reference": "T1"}).status_code == 302
    assert client.post(pay, {"reference": "T2"}).status_code == 409
    assert aftersales.owed_sum(shop.id)[0] == 0
    assert "没有待付的赔付" in text(client, "claim-money")


def test_the_rate_of_the_reserve(shop: Shop) -> None:
    client, rate = proved(shop.id, Role.FINANCE), reverse("desk:claim-money-rate")
    for wrong in ("x", "-1", "20.01", "1.001", "NaN", ""):
        assert client.post(rate, {"percent": wrong}).status_code == 422, wrong
    assert sql("SELECT count(*) FROM aftersales_reserve_rate") == [(0,)]
    assert client.post(rate, {"percent": "1.25%"}).status_code == 302
    assert sql("SELECT basis_points FROM aftersales_reserve_rate") == [(125,)]
    now = utc_now() + timedelta(days=1)
    assert "每日计提" not in text(client, "claim-money")
    for day in days_due(shop.id, now):
        accrue_reserve(shop_id=shop.id, day=day, now=now)
    assert "每日计提" in text(client, "claim-money")


def test_a_supplier_is_asked_answered_for_and_written_off(shop: Shop, things: dict[str, Any]) -> None:
    client, supplier_id = proved(shop.id, Role.FINANCE), things["supplier_id"]
    page = text(client, "claim-recoveries", supplier_id)
    assert "16.00" in page
    act, one = (
        reverse("desk:claim-recoveries-act", args=[supplier_id]),
        reverse("desk:claim-recovery", args=[things["recovery_id"]]),
    )
    sheet = client.post(act, {"act": "sheet"})
    lines = sheet.content.decode("utf-8-sig").strip().splitlines()
    assert len(lines) == 3
    assert all(shop.delivered.number in line and "****" in line and ",8.00,CNY" in line for line in lines[1:])
    assert "/prove" in inside(shop.id).post(act, {"act": "sheet"})["Location"]
    assert client.post(act, {"act": "sent", "ref": "S-1"}).status_code == 302
    assert "S-1" in text(client, "claim-recoveries", supplier_id)
    assert client.post(act, {"act": "contract", "percent": "50"}).status_code == 302
    assert aftersales.recourse(shop.id, supplier_id) == (False, 5000)
    assert client.post(act, {"act": "x"}).status_code == 422
    form = {"act": "settle", "amount": "6.00", "into": "bank", "reference": "T1", "key": str(uuid4())}
    for wrong in ({"amount": "16.01"}, {"amount": "x"}, {"into": "x"}, {"reference": ""}, {"key": "x"}, {"act": "x"}):
        assert client.post(one, {**form, **wrong}).status_code == 422, wrong
    assert [client.post(one, form).status_code for _ in range(2)] == [302, 302]
    assert aftersales.recovery(shop.id, things["recovery_id"]).open.amount_minor == 1000
    assert client.post(one, {"act": "off", "reference": ""}).status_code == 422
    assert client.post(one, {"act": "off", "reference": "不认账"}).status_code == 302
    assert client.post(one, {**form, "key": str(uuid4())}).status_code == 409
    assert "不认账" in text(client, "claim-recoveries", supplier_id)


def test_other_shops_are_not_reached(shop: Shop, other: Shop, things: dict[str, Any]) -> None:
    client = proved(other.id, Role.OWNER)
    assert shop.delivered.number not in text(client, "claim-money")
    for name, key, form in (
        ("claim-grant-pay", "grant_id", {"reference": "T"}),
        ("claim-recoveries-act", "supplier_id", {"act": "sent"}),
        ("claim-recovery", "recovery_id", {"act": "off", "reference": "x"}),
    ):
        assert client.post(reverse(f"desk:{name}", args=[things[key]]), form).status_code == 404
    assert client.get(reverse("desk:claim-recoveries", args=[things["supplier_id"]])).status_code == 404
    assert aftersales.owed_sum(shop.id)[0] == 1
    assert aftersales.recovery(shop.id, things["recovery_id"]).state == "due"
