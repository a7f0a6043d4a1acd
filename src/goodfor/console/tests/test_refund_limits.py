"""Every form from which the staff refund obeys the bounds of the day, says how the day stands, and asks for proof."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.console import tasks
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql, state_of_all
from goodfor.identity import queries as identity
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.outcomes import Rejected
from goodfor.orders.operations import place_order, refund_order
from goodfor.orders.tests.factories import begin, open_till, pay, relay_all
from goodfor.orders.types import Buyer, LineRequest
from goodfor.payments import queries as payments
from goodfor.payments.operations.settle_refund import settle_refund

FORM = {"name": "好码小店", "locale": "zh-hans", "timezone": "Asia/Shanghai"}


def bind(shop: Shop, **bounds: int) -> None:
    pairs = ", ".join(f'"{key}": {value}' for key, value in bounds.items())
    sql("UPDATE identity_shop SET settings = %s::jsonb WHERE id = %s", ["{" + pairs + "}", shop.id])


def give_back(client: Client, shop: Shop, amount: str) -> Any:
    sent = {"what": "part", "amount": amount, "reason": "用不了"}
    return client.post(reverse("desk:order-refund", args=[shop.delivered.number]), sent)


def back(shop: Shop) -> int:
    return int(sql("SELECT refunded_minor FROM orders_order WHERE id = %s", [shop.delivered.id])[0][0])


def kinds(shop: Shop) -> list[str]:
    return [case.kind for case in payments.open_cases(shop.id)]


def asked_to_prove(answer: Any) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith("/console/prove")


# -- the order's page ---------------------------------------------------------------------------------


def test_the_refund_form_says_how_the_day_stands(shop: Shop) -> None:
    client, page = inside(shop.id, Role.SUPPORT), reverse("desk:order", args=[shop.delivered.number])
    assert give_back(client, shop, "1.50").status_code == 302
    other = inside(shop.id, Role.SUPPORT)
    assert give_back(other, shop, "2.00").status_code == 302
    shown = client.get(page).content.decode()
    assert "今天已退 ¥3.50 / 上限 ¥50000.00" in shown
    assert "你今天已退 ¥1.50 / 个人限额 ¥2000.00" in shown
    bind(shop, refund_daily_cap_minor=-1, refund_daily_limit_minor=-1)
    shown = client.get(page, headers={"accept-language": "en"}).content.decode()
    assert "个人限额" not in shown
    assert "没有上限" in shown or "no cap" in shown
    assert "今天已退" not in inside(shop.id, Role.VIEWER).get(page).content.decode()


def test_above_the_cap_the_order_page_refuses_in_words(shop: Shop) -> None:
    bind(shop, refund_daily_cap_minor=1000)
    client = proved(shop.id)
    assert give_back(client, shop, "10.01").status_code == 409
    refused = give_back(client, shop, "10.01")
    assert "每日上限" in refused.content.decode()
    whole = client.post(reverse("desk:order-refund", args=[shop.delivered.number]), {"what": "whole", "reason": "x"})
    assert whole.status_code == 409
    assert (back(shop), kinds(shop)) == (0, ["refund_cap"])
    assert give_back(client, shop, "10.00").status_code == 302
    assert back(shop) == 1000
    [case] = payments.open_cases(shop.id)
    shown = client.get(reverse("desk:case", args=[case.id])).content.decode()
    assert "退款到了每日上限" in shown
    assert "上限（分）" in shown


def test_a_persons_day(shop: Shop) -> None:
    bind(shop, refund_daily_limit_minor=1000)
    support = proved(shop.id, Role.SUPPORT)
    assert give_back(support, shop, "10.00").status_code == 302
    refused = give_back(support, shop, "0.01")
    assert refused.status_code == 403
    assert "个人限额" in refused.content.decode()
    unproved, finance = inside(shop.id, Role.FINANCE), proved(shop.id, Role.FINANCE)
    assert asked_to_prove(give_back(unproved, shop, "10.01"))
    assert give_back(finance, shop, "10.01").status_code == 302
    assert back(shop) == 2001


def test_above_the_line_of_one_refund_the_form_asks_who_one_is(shop: Shop) -> None:
    bind(shop, refund_limit_minor=1000)
    client = inside(shop.id, Role.SUPPORT)
    assert give_back(client, shop, "10.00").status_code == 302
    before = state_of_all()
    assert asked_to_prove(give_back(client, shop, "10.01"))
    assert state_of_all() == before
    assert give_back(proved(shop.id, Role.SUPPORT), shop, "10.01").status_code == 302


# -- cases --------------------------------------------------------------------------------------------


@pytest.fixture
def failed(shop: Shop, now: datetime) -> str:
    """The address of a case: a refund by the staff that its channel refused."""
    till = open_till(shop.id, now)
    order = place_order(
        shop_id=shop.id, lines=[LineRequest(shop.demo.skus["kw-50"], 1)], buyer=Buyer("z"), channel="storefront",
        now=now,
    )  # fmt: skip
    pay(begin(till, order.order_id, now), now)
    refund = refund_order(shop_id=shop.id, order_id=order.order_id, reason="x", actor="staff:x", by_staff=True, now=now)
    sql("UPDATE payments_refund SET state = 'requested' WHERE id = %s", [refund.refund_id])
    settle_refund(shop_id=shop.id, refund_id=refund.refund_id, outcome=Rejected("closed", "no"), now=now)
    relay_all(now)
    [case] = payments.open_cases(shop.id)
    return reverse("desk:case", args=[case.id])


@pytest.mark.parametrize("act", ["repeat", "by_hand"])
def test_a_case_obeys_the_bounds(shop: Shop, failed: str, act: str) -> None:
    client, sent = proved(shop.id, Role.OPERATOR), {"act": act, "note": "再退一次"}
    assert "今天已退 ¥0.00 / 上限" in client.get(failed).content.decode()
    bind(shop, refund_daily_cap_minor=4849)
    assert client.post(failed, sent).status_code == 409
    assert sorted(kinds(shop)) == ["refund_cap", "refund_failed"]
    bind(shop, refund_daily_limit_minor=4849)
    refused = client.post(failed, sent)
    assert refused.status_code == 403
    assert "个人限额" in refused.content.decode()
    bind(shop, refund_limit_minor=4849)
    assert asked_to_prove(inside(shop.id, Role.OPERATOR).post(failed, sent))
    assert client.post(failed, sent).status_code == 302
    assert "refund_failed" not in kinds(shop)


# -- batches ------------------------------------------------------------------------------------------


def test_a_batch_obeys_the_cap_row_by_row(shop: Shop) -> None:
    client = proved(shop.id)
    order = sql("SELECT id FROM orders_order WHERE state = 'delivered'")[0][0]
    assert order == shop.delivered.id
    bind(shop, refund_daily_cap_minor=9699)
    client.post(reverse("desk:orders-pick"), {"act": "refund", "pick": str(shop.delivered.id)})
    page = client.get(reverse("desk:orders-batch")).content.decode()
    assert "今天已退 ¥0.00 / 上限 ¥96.99" in page
    token = page.split('name="token" value="')[1].split('"')[0]
    started = client.post(reverse("desk:orders-batch"), {"token": token, "note": "活动取消"})
    tasks.do_batches(utc_now())
    assert sql("SELECT done, refused FROM console_batch") == [(0, 1)]
    assert "已到本店每日退款上限" in client.get(started.headers["Location"]).content.decode()
    assert (back(shop), kinds(shop)) == (0, ["refund_cap"])


@pytest.mark.parametrize(("role", "done"), [(Role.SUPPORT, 0), (Role.FINANCE, 1)])
def test_a_batch_obeys_the_line_of_its_person(shop: Shop, role: str, done: int) -> None:
    bind(shop, refund_daily_limit_minor=100, refund_limit_minor=100)
    client = proved(shop.id, role)
    client.post(reverse("desk:orders-pick"), {"act": "refund", "pick": str(shop.delivered.id)})
    token = client.get(reverse("desk:orders-batch")).content.decode().split('name="token" value="')[1].split('"')[0]
    client.post(reverse("desk:orders-batch"), {"token": token, "note": "活动取消"})
    tasks.do_batches(utc_now())
    assert sql("SELECT done, refused FROM console_batch") == [(done, 1 - done)]
    assert back(shop) == 9700 * done


# -- settings -----------------------------------------------------------------------------------------

BOUNDS = {
    "refund_limit_minor": "200.00", "refund_daily_limit_minor": "2000.00", "refund_daily_cap_minor": "50000.00",
    "auto_refund_alarm_minor": "50000.00",
}  # fmt: skip


def raised(shop: Shop) -> list[Any]:
    found = sql(
        "SELECT data FROM kernel_audit WHERE action = 'identity.refund_limits_raised' AND shop_id = %s", [shop.id]
    )
    return [row[0] for row in found]


def kept(shop: Shop) -> dict[str, Any]:
    return {key: value for key, value in identity.shop_by_id(shop.id).settings.items() if key in BOUNDS}


def test_the_settings_show_what_holds_and_saving_it_asks_nothing(shop: Shop) -> None:
    client, path = inside(shop.id), reverse("desk:settings-shop")
    page = client.get(path).content.decode()
    assert all(f'value="{amount}"' in page for amount in BOUNDS.values())
    assert client.post(path, {**FORM, **BOUNDS}).status_code == 302
    assert client.post(path, FORM).headers["Location"] == path
    assert kept(shop) == {}


@pytest.mark.parametrize("key", BOUNDS)
@pytest.mark.parametrize("value", ["", "60000.00", "0"])
def test_moving_a_bound_needs_proof_and_raising_is_audited(shop: Shop, key: str, value: str) -> None:
    path, sent = reverse("desk:settings-shop"), {**FORM, **BOUNDS, key: value}
    before = state_of_all()
    assert asked_to_prove(inside(shop.id).post(path, sent))
    assert kept(shop) == {}
    assert before["identity_shop"] == state_of_all()["identity_shop"]
    client = proved(shop.id)
    assert client.post(path, sent).headers["Location"] == path
    assert kept(shop) == {key: {"": -1, "60000.00": 6_000_000, "0": 0}[value]}
    assert len(raised(shop)) == (value != "0")
    page = client.get(path).content.decode()
    assert f'name="{key}"' in page
    # Back to where it was: down is a change like any other, up is a raise again.
    assert client.post(path, {**FORM, **BOUNDS}).status_code == 302
    assert len(raised(shop)) == 1
    assert "提高退款限额" in client.get(reverse("desk:audit")).content.decode()


@pytest.mark.parametrize("value", ["-0.01", "-1", "x", "1.234", "100000000000"])
def test_a_bound_is_an_amount_or_nothing(shop: Shop, value: str) -> None:
    sent = {**FORM, **BOUNDS, "refund_daily_cap_minor": value}
    assert proved(shop.id).post(reverse("desk:settings-shop"), sent).status_code == 422
    assert kept(shop) == {}


def test_the_shops_day_is_not_moved_without_proof(shop: Shop) -> None:
    path, sent = reverse("desk:settings-shop"), {**FORM, "timezone": "Pacific/Kiritimati"}
    assert asked_to_prove(inside(shop.id).post(path, sent))
    assert proved(shop.id).post(path, sent).headers["Location"] == path
