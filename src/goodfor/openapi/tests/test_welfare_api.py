"""A company's system grants by the API: once for a key, all or nobody, for its own company alone."""

from datetime import date, timedelta
from typing import Any

from goodfor.identity.tests.factories import make_client
from goodfor.identity.types import NewApiKey, ShopView
from goodfor.kernel.clock import utc_now
from goodfor.openapi.tests.conftest import Ask, ask_with
from goodfor.welfare import queries as welfare
from goodfor.welfare.operations.add_employees import add_employees
from goodfor.welfare.operations.agree_grant import give_what_was_agreed
from goodfor.welfare.operations.prepay import prepay
from goodfor.welfare.operations.set_company import make_company
from goodfor.welfare.types import CompanyWish

PATH = "/welfare/grants"


def body(*people: tuple[str, int], **more: Any) -> dict[str, Any]:
    ends_at = (utc_now() + timedelta(days=90)).isoformat()
    return {
        "name": "春节", "ends_at": ends_at, "people": [{"who": who, "amount_minor": n} for who, n in people], **more,
    }  # fmt: skip


def test_grants_of_a_company(shop: ShopView, key: NewApiKey, ask: Ask) -> None:
    sent = body(("A01", 100_00), ("er@acme.example", 50_50))
    assert ask("POST", PATH, json=sent, idem="k0").json()["code"] == "welfare_company_not_found"
    told: dict[str, Any] = {"shop_id": shop.id, "actor": "t", "now": utc_now()}
    wish = CompanyWish("acme", "甲", ("acme.example",), client_id=key.client.id)
    company = make_company(**told, wish=wish)
    people = "工号,姓名,邮箱\nA01,一,\nA02,二,er@acme.example\n"
    add_employees(**told, company_id=company.id, data=people.encode())
    short = ask("POST", PATH, json=sent, idem="k1")
    assert (short.status_code, short.json()["lines"]) == (422, [[0, "budget", "15050"]])
    prepay(**told, company_id=company.id, minor=500_00, bank="x", reference="1", paid_on=date(2026, 1, 1))
    wrong = ask("POST", PATH, json=body(("A01", 1), ("A01", 1), ("Z", 1)), idem="k2")
    assert (wrong.status_code, wrong.json()["lines"]) == (422, [[2, "twice", "2"], [3, "unknown", "Z"]])
    assert ask("POST", PATH, json=body(("A01", 0)), idem="k3").status_code == 422
    done = ask("POST", PATH, json=sent, idem="k4")
    assert (done.status_code, done.json()["state"]) == (201, "running")
    again = ask("POST", PATH, json=sent, idem="k4")
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == done.json()
    give_what_was_agreed(now=utc_now())
    seen = ask("GET", f"{PATH}/{done.json()['id']}").json()
    assert (seen["state"], seen["given"], seen["given_total"]["amount"]) == ("done", 2, "150.50")
    assert welfare.budget(shop.id, company.id).free_minor == 500_00 - 150_50
    other = ask_with(make_client(shop, utc_now()).api_key)
    assert other("GET", f"{PATH}/{done.json()['id']}").status_code == 404
