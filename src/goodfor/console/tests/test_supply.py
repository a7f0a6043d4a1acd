"""The pages of supply: connecting, offers, purchases, and deciding what nobody knows; at a stand-in that is called."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql
from goodfor.console.views.supply.decide import codes_in
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.supply import queries as supply
from goodfor.supply.models import Item, Supplier
from goodfor.supply.purchase_models import Attempt
from goodfor.supply.tests.market import Market, issued, on_time, spent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fair(shop: Shop) -> Iterator[Market]:
    """The console's shop with a sandbox of suppliers."""
    with on_time() as sandbox:
        yield Market(shop.id, shop.demo.skus["kw-50"], utc_now(), sandbox)


def text(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(f"desk:{name}", args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def actions(shop_id: UUID) -> set[str]:
    rows = sql("SELECT action FROM kernel_audit WHERE shop_id = %s AND action LIKE 'supply.%%'", [shop_id])
    return {row[0] for row in rows}


def test_a_supplier_is_connected_in_three_steps(shop: Shop, fair: Market) -> None:
    client, site = proved(shop.id), fair.sandbox.site("kasushou", f"first-{uuid4().hex[:8]}", balance=100)
    config, secrets = site.config, site.secrets
    assert "卡速售 2.0" in text(client, "supplier-new")
    at = reverse("desk:supplier-new") + "?protocol=kasushou"
    form = {"name": "安娜", "code": "anna", "currency": "CNY", "cycle": "prepaid", **config, **secrets}
    wrong = client.post(at, {**form, "base_url": "ftp://x"})
    assert wrong.status_code == 422
    assert "要以 https:// 开头" in wrong.content.decode()
    assert secrets["key"] not in wrong.content.decode()
    assert not Supplier.objects.filter(shop_id=shop.id).exists()
    made = client.post(at, form)
    row = Supplier.objects.get(shop_id=shop.id)
    here = reverse("desk:supplier-first", args=[row.id])
    assert (made.status_code, made["Location"], row.enabled) == (302, here, False)
    assert "连上了：余额 ¥100.00" in client.post(here, {"act": "test"}).content.decode()
    terms = {"priority": "20", "low_balance": "150", "cutoff": "08:30", "refund_days": "7", "replaceable": "1",
             "promise_seconds": "", "contact": "王经理", "tax_class": "vat_normal"}  # fmt: skip
    assert client.post(here, {**terms, "cutoff": "25:00", "act": "enable"}).status_code == 422
    assert client.post(here, {**terms, "act": "enable"}).status_code == 302
    row.refresh_from_db()
    assert (row.enabled, row.priority, row.cutoff_minute, row.refund_days) == (True, 20, 510, 7)
    assert (row.low_balance, row.contact, row.replaceable, row.promise_seconds) == (Decimal(150), "王经理", True, None)
    page = text(client, "supplier", row.id)
    assert "余额低于预警线 ¥150.00" in page
    assert f"/supply/hook/{row.hook}" in page
    assert secrets["key"] not in page
    assert {"supply.supplier_connected", "supply.supplier_tested", "supply.supplier_switched"} <= actions(shop.id)


def test_where_there_is_no_guard_somebody_says_what_may_be_lost(shop: Shop, fair: Market) -> None:
    client = proved(shop.id)
    fair.supplier("anna")
    assert 'name="surprise"' not in text(client, "supplier-contract", fair.ids["anna"])
    fair.supplier("dora", protocol="dujiao")
    dora = fair.ids["dora"]
    page = text(client, "supplier", dora)
    assert "还没有填每天最多承担的意外涨价" in page
    first, contract = reverse("desk:supplier-first", args=[dora]), reverse("desk:supplier-contract", args=[dora])
    assert 'value="50.00"' in client.get(first).content.decode(), "suggested to who connects"
    assert 'value="50.00"' not in client.get(contract).content.decode(), "and said by nobody else"
    terms = {"priority": "20", "cutoff": "08:30", "surprise": "30.505"}
    assert client.post(contract, terms).status_code == 422
    assert client.post(contract, {**terms, "surprise": "30.50"}).status_code == 302
    assert Supplier.objects.get(shop_id=shop.id, id=dora).surprise_minor == 3_050
    page = text(client, "supplier", dora)
    assert "¥30.50" in page
    assert "还没有填每天最多承担的意外涨价" not in page
    told = sql("SELECT data FROM kernel_audit WHERE shop_id = %s AND action = 'supply.supplier_changed'", [shop.id])
    assert "3050" in str(told[-1][0])
    assert client.post(contract, {**terms, "surprise": "0"}).status_code == 302
    assert Supplier.objects.get(shop_id=shop.id, id=dora).surprise_minor == 0
    assert "还没有填每天最多承担的意外涨价" in text(client, "supplier", dora)


def test_a_wrong_key_is_told_in_words_and_an_empty_one_changes_nothing(shop: Shop, fair: Market) -> None:
    client = proved(shop.id)
    site = fair.supplier("anna")
    here, edit = (reverse(f"desk:{name}", args=[fair.ids["anna"]]) for name in ("supplier", "supplier-edit"))
    config = site.config
    kept = bytes(Supplier.objects.get(shop_id=shop.id).secret_blob or b"")
    assert client.post(edit, {**config, "name": "Anna", "key": ""}).status_code == 302
    assert Supplier.objects.get(shop_id=shop.id).name == "Anna"
    assert "连上了" in client.post(here, {"act": "test"}).content.decode()
    assert client.post(edit, {**config, "name": "Anna", "key": "another-key-0001"}).status_code == 302
    assert bytes(Supplier.objects.get(shop_id=shop.id).secret_blob or b"") != kept
    tested = client.post(here, {"act": "test"}).content.decode()
    assert "连上了" not in tested
    assert "alert-red" in tested
    site.fault("dead", times=None)
    assert "没有得到回答" in client.post(here, {"act": "test"}).content.decode()


def test_money_paid_in_advance_is_booked_once_by_those_who_may(shop: Shop, fair: Market) -> None:
    fair.supplier("anna")
    at = reverse("desk:supplier-top-up", args=[fair.ids["anna"]])
    form = {"amount": "50.00", "note": "流水 1", "key": str(uuid4())}
    assert inside(shop.id, Role.OPERATOR).post(at, form).status_code == 403
    unproved = inside(shop.id).post(at, form)
    assert "/prove" in unproved["Location"]
    assert fair.prepaid("anna") == 100_000
    client = proved(shop.id, Role.FINANCE)
    assert client.post(at, {**form, "amount": "x"}).status_code == 422
    assert client.post(at, {**form, "amount": "0"}).status_code == 422
    assert client.post(at, {**form, "note": ""}).status_code == 422
    assert [client.post(at, form).status_code for _ in range(2)] == [302, 302]
    assert fair.prepaid("anna") == 105_000
    assert "supply.supplier_topped_up" in actions(shop.id)


def test_offers_and_rules_are_set_and_the_preview_says_why(shop: Shop, fair: Market) -> None:
    fair.supplier("anna")
    fair.supplier("bert", cost=Decimal("7.00"))
    client = inside(shop.id, Role.OPERATOR)
    at = reverse("desk:sku-supply", args=[fair.sku])
    page = text(client, "sku-supply", fair.sku)
    assert "会向 <b>bert</b> 买" in page
    item = Item.objects.get(shop_id=shop.id, supplier_id=fair.ids["bert"])
    terms = {"act": "offer", "item": str(item.id), "priority": "5", "weight": "1", "daily_quota": "0", "enabled": "1"}
    assert client.post(at, {**terms, "from": "8"}).status_code == 422
    assert client.post(at, {**terms, "channels": ["storefront"]}).status_code == 302
    (first, _second) = supply.offers(shop.id, fair.sku, utc_now())
    assert (first.item.id, first.priority, first.daily_quota, first.channels) == (item.id, 5, 0, ("storefront",))
    page = text(client, "sku-supply", fair.sku)
    assert "会向 <b>anna</b> 买" in page
    assert "今日限额已用完" in page
    assert client.post(at, {"act": "route", "floor": "45.00", "deadline_seconds": "120"}).status_code == 302
    route = supply.route(shop.id, fair.sku, utc_now())
    assert (route.floor_minor, route.deadline_seconds, route.may_split) == (4500, 120, False)
    page = text(client, "sku-supply", fair.sku)
    assert "现在没有谁能供货" in page
    assert "成本太高" in page
    assert "会向 <b>anna</b> 买" in text(client, "sku-supply", fair.sku, query="?price=60&quantity=2&channel=api")
    assert "anna 50 元" in text(client, "sku-supply", fair.sku, query="?q=anna+50")
    assert "已是货源" in text(client, "sku-supply", fair.sku, query="?q=1001")
    assert "货源与采购规则" in text(client, "sku", fair.sku)
    assert client.post(at, {**terms, "item": str(uuid4())}).status_code == 404
    assert inside(shop.id, Role.FINANCE).post(at, terms).status_code == 403


def test_a_purchase_tells_why_what_and_what_was_said(shop: Shop, fair: Market) -> None:
    site = fair.supplier("anna")
    fair.supplier("bert", cost=Decimal("9.00"))
    line = fair.want()
    fair.buy()
    (attempt,) = fair.attempts(line)
    owner = proved(shop.id)
    page = text(owner, "purchase", attempt.id)
    assert "选中" in page
    assert page.count("排在后面") == 1
    assert "向供应商采购" in page
    assert attempt.number in text(owner, "purchases", query=f"?number={attempt.number}&tab=delivered")
    assert attempt.number not in text(owner, "purchases", query="?tab=manual")
    assert attempt.number not in text(owner, "purchases", query=f"?supplier={fair.ids['bert']}")
    call = supply.calls(shop.id, attempt_id=attempt.id)[0]
    at = reverse("desk:supply-call", args=[call.id])
    assert owner.get(at).status_code == 405
    assert inside(shop.id, Role.FINANCE).post(at).status_code == 403
    assert "supply.call_seen" not in actions(shop.id)
    said = owner.post(at).content.decode()
    assert "/api/v1/order/buy" in said
    assert all(secret not in said for secret in site.secrets.values())
    assert all(code not in said for code in issued(site))
    assert "supply.call_seen" in actions(shop.id)
    assert f"{fair.ids['anna']}" in text(owner, "suppliers", query="?q=ann")
    for name in ("supplier-items", "supplier-calls"):
        text(owner, name, fair.ids["anna"])


def lost(fair: Market) -> Attempt:
    """A purchase whose answer was lost and that nobody can be asked about any more."""
    fair.sites["anna"].fault("lost_request", on="create")
    line = fair.want()
    fair.buy()
    (attempt,) = fair.attempts(line)
    assert attempt.state == "unknown"
    Attempt.objects.filter(shop_id=fair.shop, id=attempt.id).update(asked=84, next_at=utc_now())
    fair.sites["anna"].fault("dead", times=None)
    fair.later(1)
    attempt.refresh_from_db()
    assert attempt.state == "manual"
    fair.sandbox.reset_faults()
    return attempt


def test_a_person_says_how_it_ended(shop: Shop, fair: Market) -> None:
    fair.supplier("anna")
    attempt = lost(fair)
    at, client = reverse("desk:supply-decide", args=[attempt.id]), proved(shop.id)
    assert attempt.number in text(client, "supply-desk")
    assert "待人工确认的采购" in text(client, "overview")
    form = {"act": "bought", "note": "客服答复", "codes": "CARD-77 SECRET-7788\n"}
    assert "确认身份后处理" in inside(shop.id).get(at).content.decode()
    assert "/prove" in inside(shop.id).post(at, form)["Location"]
    assert inside(shop.id, Role.FINANCE).post(at, form).status_code == 403
    wrong = client.post(at, {**form, "codes": "a b SECRET-7788"})
    assert wrong.status_code == 422
    assert "第 1 行看不懂" in wrong.content.decode()
    assert "SECRET-7788" not in wrong.content.decode()
    assert client.post(at, {**form, "note": ""}).status_code == 422
    assert client.post(at, {**form, "codes": "A-000001\nB-000002"}).status_code == 422
    attempt.refresh_from_db()
    assert attempt.state == "manual"
    assert client.post(at, {**form, "charged": "7.50", "ref": "S1"}).status_code == 302
    attempt.refresh_from_db()
    assert (attempt.state, attempt.got, attempt.charged, attempt.ref) == ("delivered", 1, Decimal("7.50"), "S1")
    assert fair.prepaid("anna") == 100_000 - 750
    assert "SECRET-7788" not in text(client, "purchase", attempt.id)
    assert client.post(at, form).status_code == 409
    said = sql("SELECT data->>'note' FROM kernel_audit WHERE action = 'supply.decided_bought'")
    assert said == [("客服答复",)]


def test_what_never_happened_goes_to_the_next(shop: Shop, fair: Market) -> None:
    fair.supplier("anna")
    attempt = lost(fair)
    second = fair.supplier("bert", cost=Decimal("9.00"))
    at, client = reverse("desk:supply-decide", args=[attempt.id]), proved(shop.id)
    assert client.post(at, {"act": "again"}).status_code == 302
    assert client.post(at, {"act": "absent", "note": "没有这单"}).status_code == 302
    fair.buy()
    attempt.refresh_from_db()
    assert attempt.state == "failed"
    assert spent(second) == Decimal("9.00")
    assert "同一行的其他采购" in text(client, "purchase", attempt.id)


def test_a_breaker_is_closed_by_hand(shop: Shop, fair: Market) -> None:
    site = fair.supplier("anna")
    site.fault("refuse", why="stock", on="create")
    fair.want()
    fair.buy()
    client, here = inside(shop.id, Role.OPERATOR), reverse("desk:supplier", args=[fair.ids["anna"]])
    page = text(client, "supplier", fair.ids["anna"])
    assert "对方无货" in page
    found = re.search(r'name="item" value="([^"]*)"', page)
    assert found
    assert inside(shop.id, Role.FINANCE).post(here, {"act": "close", "item": found[1]}).status_code == 403
    assert client.post(here, {"act": "close", "item": found[1]}).status_code == 302
    assert supply.breakers(shop.id, fair.ids["anna"], utc_now()) == []
    assert "supply.breaker_closed" in actions(shop.id)
    assert client.post(here, {"act": "sweep"}).status_code == 302
    assert "/prove" in client.post(here, {"act": "disable"})["Location"]
    assert Supplier.objects.get(shop_id=shop.id).enabled


def test_lines_of_codes() -> None:
    found = codes_in("A-1 secret\r\nsecret-2\n\nA-3----secret-3\nA-4,secret-4")
    assert [(one.number, one.secret) for one in found] == [
        ("A-1", "secret"), ("", "secret-2"), ("A-3", "secret-3"), ("A-4", "secret-4"),
    ]  # fmt: skip
    with pytest.raises(InvalidInput, match="2"):
        codes_in("x\na b c")


def test_long_without_an_end(shop: Shop, fair: Market) -> None:
    site, client, numbers = fair.supplier("anna"), inside(shop.id, Role.FINANCE), []
    for minutes in (1, 11):
        # Nobody moves a purchase in time: it is written down and sent then, when their clock said the same.
        fair.sandbox.reset_faults()
        site.fault("clock", seconds=-60 * minutes)
        site.fault("lost_request", on="create")
        line = fair.want()
        then = utc_now() - timedelta(minutes=minutes)
        sql("UPDATE supply_want SET next_at = %s WHERE line_id = %s RETURNING 1", [then, line])
        fair.buy(then)
        numbers += [attempt.number for attempt in fair.attempts(line)]
    page = text(client, "supply-desk", query="?tab=long")
    assert [number in page for number in numbers] == [False, True]
