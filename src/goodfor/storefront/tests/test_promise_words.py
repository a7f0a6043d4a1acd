"""What is promised in plain words: before buying, at the checkout, and for each order as it was when it was bought."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import translation

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.operations.set_promise import set_promise
from goodfor.aftersales.promise_wording import span
from goodfor.aftersales.types import Compensation, Hours, Terms
from goodfor.catalog import queries as catalog
from goodfor.kernel import sql
from goodfor.kernel.clock import utc_now
from goodfor.orders.models import Order
from goodfor.storefront.tests.test_pages import checkout, open_order, text_of
from goodfor.storefront.tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TEN = Compensation(multiple=10, claim_cap_minor=10_000, day_cap_minor=100_000)
ONE_FOR_TEN = "错一赔 10：无效、已被使用、发错，退换之外再赔实付金额的 10 倍，单笔最高 ¥100.00，全店一天最高 ¥1000.00。"
MONTH = "卡密没看过，30 天内随时一键退款，立即退回，不想要了也行。"


def put(world: World, terms: Terms | None, at: datetime, scope: Any = "shop", scope_id: UUID | None = None) -> None:
    set_promise(shop_id=world.shop_id, scope=scope, scope_id=scope_id, terms=terms, actor="test", now=at)


def said(terms: Terms, kind: str = "code") -> list[str]:
    with translation.override("zh-hans"):
        return aftersales.promise_lines(terms, "CNY", kind)


# -- words --------------------------------------------------------------------------------------------


def test_what_is_built_in_in_words() -> None:
    assert said(Terms()) == [
        "付款后 5 分钟内发货，发不了就自动原路退款。",
        MONTH,
        "卡密无效、已被使用、发错、过期：先换新，换不了就退款。",
        "申请售后，1 小时内答复，24 小时内处理完。",
        "发货后 30 天内都可以申请售后。",
    ]


def test_everything_that_can_be_promised_is_said() -> None:
    weekdays = {day: (time(9), time(18)) for day in range(5)} | {6: (time(10), time(0))}
    terms = Terms(
        instant_refund=True, first="refund", delivery_seconds=90, answer_seconds=5_400, decision_seconds=172_800,
        claim_days=7, change_of_mind=False, compensation=TEN, goodwill_delivery_minor=100, goodwill_answer_minor=200,
        goodwill_decision_minor=500, excluded=("expired",), hours=Hours(days=weekdays),
    )  # fmt: skip
    assert said(terms) == [
        "付款后 90 秒内发货，晚了另补 ¥1.00；发不了就自动原路退款。",
        "卡密没看过就发现不对，7 天内一键退款，立即退回。",
        "卡密无效、已被使用、发错：核实后直接退款。",
        ONE_FOR_TEN,
        "核实后就赔，赔到店内余额。",
        "申请售后，90 分钟内答复，2 天内处理完，只算工作时间。",
        "工作时间：周一至周五 09:00–18:00，周日 10:00–24:00（北京时间）。",
        "答复晚了补 ¥2.00，处理晚了补 ¥5.00，自动补，不用申请。",
        "发货后 7 天内都可以申请售后。",
        "不包括：过期、不想要了。",
    ]
    strict = replace(TEN, base="order", evidence="supplier", way="hand", reasons=("invalid", "top_up_missing"))
    lines = said(replace(terms, instant_refund=False, compensation=strict, goodwill_decision_minor=0))
    assert "整单金额的 10 倍" in lines[2]
    assert lines[3] == "赔付以供货方核实为准，由店家转账给你。"
    assert "答复晚了补 ¥2.00，自动补，不用申请。" in lines
    assert not any("没看过" in line for line in lines)
    assert said(Terms(instant_refund=False))[1] == "卡密没看过，30 天内不想要了可以申请退款，审核后退回。"
    top_up = said(replace(terms, compensation=strict), "direct")
    assert "没充到账的部分，核实后原路退款。" in top_up
    assert not any("卡密" in line or "不包括" in line for line in top_up)
    assert any("充值没到账，退换之外" in line for line in top_up)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(10, "10 秒"), (61, "61 秒"), (60, "1 分钟"), (9_000, "150 分钟"), (86_400, "24 小时"), (172_800, "2 天")],
)
def test_a_span_is_exact(seconds: int, words: str) -> None:
    with translation.override("zh-hans"):
        assert span(seconds) == words


# -- pages --------------------------------------------------------------------------------------------


def test_before_buying_and_for_one_query(world: World, client: Client) -> None:
    page = f"/p/{world.product_slug}"
    assert MONTH in text_of(client.get(page))
    put(world, Terms(compensation=TEN), utc_now() - timedelta(hours=1))
    asked: list[str] = []

    def watch(name: str, text: str, params: Any) -> None:
        asked.append(name)

    sql.observers.append(watch)
    try:
        shown = text_of(client.get(page))
    finally:
        sql.observers.remove(watch)
    assert ONE_FOR_TEN in shown
    assert [name for name in asked if "aftersales" in name] == ["goodfor.aftersales/sql/promise_at.sql"]
    for_sku = f"/checkout?p={world.product_slug}&sku={world.sku_id}&qty=1"
    assert ONE_FOR_TEN in text_of(client.get(for_sku))
    assert "付款确认后立即发码" in text_of(client.get("/trust"))


def test_the_narrowest_is_shown(world: World, client: Client) -> None:
    early = utc_now() - timedelta(hours=1)
    category = catalog.category_of(world.shop_id, world.sku_id)
    put(world, Terms(claim_days=11), early)
    put(world, Terms(claim_days=12), early, "category", category)
    assert "12 天内随时" in text_of(client.get(f"/p/{world.product_slug}"))
    put(world, Terms(claim_days=13), early, "sku", world.sku_id)
    shown = text_of(client.get(f"/p/{world.product_slug}?sku={world.sku_id}"))
    assert "13 天内随时" in shown
    assert "12 天内随时" not in shown


def test_an_order_keeps_what_it_was_bought_with(world: World, client: Client) -> None:
    number = open_order(client, world)
    assert MONTH in text_of(client.get(f"/o/{number}"))
    put(world, Terms(claim_days=3), utc_now() + timedelta(minutes=1))
    put(world, Terms(claim_days=4), utc_now() - timedelta(seconds=59))
    shown = text_of(client.get(f"/o/{number}"))
    assert MONTH in shown
    assert "这笔订单的售后承诺" in shown
    assert "这笔订单的售后承诺" not in text_of(client.get(f"/o/{open_order(client, world, 'cancelled')}"))


def test_a_checkout_that_showed_another_promise_asks_again(world: World, client: Client) -> None:
    before = Order.objects.filter(shop_id=world.shop_id).count()
    put(world, Terms(claim_days=9), utc_now() - timedelta(hours=1))
    refused = checkout(client, world, promise=":0")
    assert refused.status_code == 409
    shown = text_of(refused)
    assert "售后承诺刚刚更新" in shown
    assert "9 天内随时" in shown
    assert Order.objects.filter(shop_id=world.shop_id).count() == before
    mark = refused.content.decode().split('name="promise" value="')[1].split('"')[0]
    assert checkout(client, world, promise=mark).status_code == 302
