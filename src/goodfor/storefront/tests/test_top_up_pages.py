"""Top-ups on pages and over the API: fields looked at while they are typed and when sent, masked, saved."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from goodfor.catalog import operations as catalog
from goodfor.catalog.models import Product, Sku
from goodfor.identity import queries as identity
from goodfor.identity.buyer_models import SavedAccount
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.orders.tests.factories import begin, open_till, pay, relay_all, sql
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain, sign_in
from goodfor.supply.tests.market import Market, market

PHONE = "13800138000"
FORM = [{"key": "recharge_account", "type": "text", "name": "充值手机号", "tip": "十一位"}]


@pytest.fixture
def fair(transactional_db: None) -> Iterator[Market]:
    with market() as found:
        product = Sku.objects.get(shop_id=found.shop, id=found.sku).product_id
        found.sku = catalog.create_sku(
            shop_id=found.shop, product_id=product, code="top-50", name="直充 50 元", price=Money(4850, "CNY"),
            delivery_kind="direct", actor="test", now=utc_now(),
        )  # fmt: skip
        found.supplier("anna", form=FORM)
        yield found


def asked(fair: Market, **more: str) -> dict[str, str]:
    product = Sku.objects.get(shop_id=fair.shop, id=fair.sku).product_id
    slug = Product.objects.values_list("slug", flat=True).get(shop_id=fair.shop, id=product)
    return {"p": slug, "sku": str(fair.sku), "qty": "1", "method": "alipay", **more}


def placed(fair: Market) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in sql(
        "SELECT o.number, l.account FROM orders_order o JOIN orders_line l ON l.order_id = o.id WHERE o.shop_id = %s"
        " AND l.kind = 'direct' ORDER BY o.id", [fair.shop],
    )]  # fmt: skip


def test_from_the_fields_to_the_proof(fair: Market) -> None:
    till, client = open_till(fair.shop, utc_now()), browser()
    form = asked(fair)
    assert "充值手机号" in plain(client.get(f"/p/{form['p']}?sku={fair.sku}"))
    page = client.get("/checkout", form)
    assert 'name="f_account"' in page.content.decode()
    refused = client.post("/checkout", asked(fair, f_account="1380013"))
    assert refused.status_code == 422
    assert "手机号是 1 开头的 11 位数字" in plain(refused)
    assert placed(fair) == []
    look = client.post("/checkout/check", asked(fair, f_account="1380013")).json()["fields"]["f_account"]
    assert look["error"]
    look = client.post("/checkout/check", asked(fair, f_account=PHONE, done="1")).json()["fields"]["f_account"]
    assert look == {"error": "", "note": "中国移动"}
    assert client.post("/checkout", asked(fair, f_account=PHONE)).status_code == 302
    [(number, account)] = placed(fair)
    assert account == "138****8000"
    shown = client.get(f"/o/{number}")
    assert "充值到 138****8000" in plain(shown)
    assert PHONE not in shown.content.decode()
    order_id = UUID(str(sql("SELECT id FROM orders_order WHERE number = %s", [number])[0][0]))
    pay(begin(till, order_id, utc_now()), utc_now())
    assert client.get(f"/o/{number}/state").json() == {"state": "paid:ordered"}
    site = fair.sites["anna"]
    site.fault("never")
    fair.buy()
    assert client.get(f"/o/{number}/state").json() == {"state": "paid:at_supplier"}
    assert "供货方充值中" in plain(client.get(f"/o/{number}"))
    site.act(site.orders()[0].number, "finish", tell=False)
    fair.later(6)
    relay_all(utc_now())
    done = plain(client.get(f"/o/{number}"))
    assert "已充值到账" in done
    assert site.orders()[0].ref in done
    # It did not arrive? The proof answers at once, and a person looks at an objection.
    assert f'href="/o/{number}/claim"' in client.get(f"/o/{number}").content.decode()
    form = plain(client.get(f"/o/{number}/claim"))
    assert "充值没到账" in form
    assert "不想要了" not in form
    assert client.post(f"/o/{number}/claim", {"reason": "invalid"}).status_code == 422
    answer = client.post(f"/o/{number}/claim", {"reason": "top_up_missing"})
    assert answer.status_code == 302
    page = plain(client.get(answer["Location"]))
    assert "这次没有通过" in page
    assert site.orders()[0].ref in page
    assert "申诉一次" in page
    assert client.post(f"{answer['Location']}/objection", {"text": "没有到"}).status_code == 302
    assert "正由人处理" in plain(client.get(answer["Location"]))
    assert 'name="reason"' not in client.get(f"/o/{number}/claim").content.decode()


def test_saved_accounts_are_their_owners_alone(fair: Market, box: Mailbox) -> None:
    open_till(fair.shop, utc_now())
    owner, stranger = browser(), browser()
    sign_in(owner, box, "lin@example.com")
    assert owner.post("/checkout", asked(fair, f_account=PHONE, save_account="1")).status_code == 302
    row = SavedAccount.objects.get(shop_id=fair.shop)
    assert [one.value for one in identity.saved_accounts(fair.shop, row.buyer_id)] == [PHONE]
    page = owner.get("/checkout", asked(fair)).content.decode()
    assert str(row.id) in page
    assert f'<span class="quiet mono">{PHONE}' not in page.split('name="contact"')[0].split("用保存过的")[0]
    assert owner.post("/checkout", asked(fair, use_account=str(row.id))).status_code == 302
    assert [account for _number, account in placed(fair)] == ["138****8000"] * 2
    sign_in(stranger, box, "other@example.com")
    for client in (stranger, Client()):
        answer = client.post("/checkout", asked(fair, use_account=str(row.id)))
        assert answer.status_code == 422
        assert PHONE not in answer.content.decode()
    assert len(placed(fair)) == 2


def test_over_the_api_the_form_is_told_asked_for_and_judged(fair: Market) -> None:
    product = Sku.objects.get(shop_id=fair.shop, id=fair.sku).product_id
    client = Client(headers={"Authorization": f"Bearer {fair.api_key}"})
    skus = client.get(f"/api/v1/products/{product}").json()["skus"]
    [told] = [sku for sku in skus if sku["id"] == str(fair.sku)]
    assert (told["delivery_kind"], told["form"][0]["name"], told["form"][0]["format"]) == (
        "direct",
        "account",
        "mobile",
    )
    assert client.get(f"/api/v1/stock?sku_ids={fair.sku}").json()["items"][0]["available"] > 0

    def order(form: dict[str, str], key: str) -> Any:
        body = {"lines": [{"sku_id": str(fair.sku), "quantity": 1, "form": form}], "payment": "balance"}
        return client.post("/api/v1/orders", body, content_type="application/json", headers={"Idempotency-Key": key})

    for n, wrong in enumerate(({}, {"account": "x"}, {"account": PHONE, "shop_id": "x"}, {"account": "1" * 1000})):
        answer = order(wrong, f"wrong-{n}")
        assert (answer.status_code, answer.json()["code"]) == (422, "form_invalid"), wrong
    assert placed(fair) == []
    made = order({"account": PHONE}, "right")
    assert made.status_code == 201, made.content
    [line] = made.json()["lines"]
    assert (made.json()["state"], line["account"], line["done"]) == ("paid", "138****8000", None)
    assert order({"account": PHONE}, "right").json()["number"] == made.json()["number"]
    fair.buy()
    fair.later(6)
    relay_all(utc_now())
    seen = client.get(f"/api/v1/orders/{made.json()['number']}").json()
    assert (seen["state"], seen["lines"][0]["done"]) == ("delivered", 1)
    assert sql("SELECT count(*) FROM kernel_event WHERE payload::text LIKE %s", [f"%{PHONE}%"]) == [(0,)]
