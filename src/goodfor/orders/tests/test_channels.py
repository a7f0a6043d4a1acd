"""Whole sales through each channel and its stand-in, which was written from the protocol and shares no code with it.

Begun, paid, delivered; refunded; paid too late; disputed; billed: and at the end both sides' books are the same.
"""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import connection
from django.db.models import F

from goodfor.delivery import queries as delivery
from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.ledger import queries as ledger
from goodfor.orders import queries
from goodfor.orders.operations.answer_dispute import answer_dispute
from goodfor.orders.operations.refund_order import refund_order
from goodfor.orders.operations.refund_part import refund_part
from goodfor.orders.operations.reveal_codes import reveal_codes
from goodfor.orders.operations.start_payment import start_payment
from goodfor.orders.tests.conftest import Shop
from goodfor.orders.tests.factories import broken, place, refund_all, relay_all
from goodfor.orders.types import Payer, PlacedOrder
from goodfor.payments import queries as payments
from goodfor.payments.models import Inbox, Payment, Refund
from goodfor.payments.operations.fetch_bills import fetch_bills
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.want_bills import want_bills
from goodfor.payments.types import AccountView, PaymentView
from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.paypal import signing as paypal
from goodfor.sandbox.channels.server import RunningChannels, running_channels

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

Setting = tuple[str, dict[str, Any], dict[str, str], tuple[str, ...]]


#: How far the stand-in's clock is ahead: its bills are of days that are over.
AHEAD = [0.0]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningChannels]:
    AHEAD[0] = 0.0
    clock = lambda: time.time() + AHEAD[0]  # noqa: E731
    with running_channels(tmp_path / "channels", retry_seconds=(0.2, 0.5, 1.0), clock=clock) as running:
        running.control.limits(wechat_refund_gap=0, wechat_split_wait=0, alipay_refund_gap=0, bill_hour=-1)
        yield running


def _alipay(desk: RunningChannels) -> Setting:
    config = {
        "app_id": demo.ALIPAY_APP_ID, "seller_id": demo.ALIPAY_SELLER_ID, "mode": "key",
        "alipay_public_key": demo.platform_public_pem(), "base_url": f"{desk.base('alipay')}/gateway.do",
    }  # fmt: skip
    return "alipay", config, {"private_key": demo.merchant_private_pem()}, ("precreate",)


def _wechat(desk: RunningChannels) -> Setting:
    config = {
        "appid": demo.WECHAT_APP_ID, "mchid": demo.WECHAT_MCHID, "serial_no": demo.WECHAT_MERCHANT_SERIAL,
        "key_mode": "both", "public_key_id": demo.WECHAT_PUBLIC_KEY_ID, "public_key": demo.platform_public_pem(),
        "base_url": desk.base("wechat"),
    }  # fmt: skip
    secrets = {"private_key": demo.merchant_private_pem(), "apiv3_key": demo.WECHAT_API_V3_KEY}
    return "wechat", config, secrets, ("native",)


def _stripe(desk: RunningChannels) -> Setting:
    config = {"base_url": desk.base("stripe"), "livemode": False}
    secrets = {"secret_key": demo.STRIPE_SECRET_KEY, "webhook_secret": demo.STRIPE_WEBHOOK_SECRET}
    return "stripe", config, secrets, ("checkout",)


def _paypal(desk: RunningChannels) -> Setting:
    config = {
        "base_url": desk.base("paypal"), "client_id": demo.PAYPAL_CLIENT_ID, "webhook_id": demo.PAYPAL_WEBHOOK_ID,
        "cert_hosts": [urlsplit(desk.url).netloc], "root_cert": paypal.root().public_bytes(Encoding.PEM).decode(),
    }  # fmt: skip
    return "paypal", config, {"client_secret": demo.PAYPAL_CLIENT_SECRET}, ("paypal",)


CHANNELS: dict[str, Callable[[RunningChannels], Setting]] = {
    "wechat": _wechat, "alipay": _alipay, "stripe": _stripe, "paypal": _paypal,
}  # fmt: skip
#: What the shop sells in here; PayPal takes no yuan.
CURRENCY = {"paypal": "USD"}


@pytest.fixture(params=sorted(CHANNELS))
def channel(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def till(channel: str, desk: RunningChannels, shop: Shop, now: datetime, live_server: Any) -> AccountView:
    """An account at the channel; Stripe and PayPal are told where their events go."""
    currency = CURRENCY.get(channel, "CNY")
    if currency != "CNY":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE catalog_sku SET currency = %s WHERE shop_id = %s", [currency, shop.demo.shop_id])
    provider, config, secrets, methods = CHANNELS[channel](desk)
    view = open_account(
        shop_id=shop.demo.shop_id, provider=provider, code="main", name=provider, currency=currency, config=config,
        secrets=secrets, methods=methods, enabled=True, actor="test", now=now,
    )  # fmt: skip
    if channel in ("stripe", "paypal"):
        desk.control.webhook(channel, f"{live_server.url}/pay/notify/{view.shop_id}/{view.id}")
    return view


def begin(till: AccountView, order: PlacedOrder, live_server: Any) -> PaymentView:
    start_payment(
        shop_id=till.shop_id, order_id=order.order_id, method=f"main/{till.methods[0]}",
        return_url="https://shop.example/o", notify_url=f"{live_server.url}/pay/notify", payer=Payer("192.0.2.1"),
        now=utc_now(),
    )  # fmt: skip
    return payments.payments_of(till.shop_id, "order", order.order_id)[-1]


def number(payment: PaymentView) -> str:
    """How the stand-in finds it."""
    return payment.number


def asked(till: AccountView) -> None:
    """The asker at work, whatever the notifies did."""
    Payment.objects.filter(shop_id=till.shop_id, next_poll_at__isnull=False).update(next_poll_at=utc_now())
    poll_due(now=utc_now())
    relay_all(utc_now())


def state(till: AccountView, order: PlacedOrder) -> str:
    return queries.order_view(till.shop_id, order.order_id).state


def bought(till: AccountView, desk: RunningChannels, shop: Shop, channel: str, live_server: Any) -> PlacedOrder:
    """Paid at the channel, heard of by notify or by asking, and delivered."""
    order = place(shop, utc_now())
    payment = begin(till, order, live_server)
    desk.control.buy(channel, number(payment))
    assert desk.control.wait_quiet(10)
    # Asking alone would do, and hide a notice that is refused.
    heard = Inbox.objects.filter(shop_id=till.shop_id)
    assert heard.filter(verified=True).exists()
    assert list(heard.filter(verified=False).values_list("problem", flat=True)) == []
    relay_all(utc_now())
    if state(till, order) != "delivered":
        asked(till)
    assert state(till, order) == "delivered"
    return order


def back(till: AccountView) -> None:
    """Everything owed goes back; some channels want a pause between two refunds of a payment."""
    until = time.monotonic() + 8
    while Refund.objects.filter(shop_id=till.shop_id, next_try_at__isnull=False).exists() and time.monotonic() < until:
        refund_all(utc_now())
        # The pause is over, for the test.
        Refund.objects.filter(shop_id=till.shop_id, state="succeeded").update(
            accepted_at=F("created_at") - timedelta(minutes=5)
        )
        later = Refund.objects.filter(shop_id=till.shop_id, next_try_at__gt=utc_now() + timedelta(seconds=4))
        later.update(next_try_at=utc_now())
        time.sleep(0.1)


def sound(till: AccountView) -> None:
    assert broken(utc_now()) == {}


def test_sold_and_given_back_in_parts(
    channel: str, till: AccountView, desk: RunningChannels, shop: Shop, live_server: Any
) -> None:
    order = bought(till, desk, shop, channel, live_server)
    paid = queries.order_view(till.shop_id, order.order_id)
    part = Money(100, paid.total.currency)
    shop_id = till.shop_id
    refund_part(shop_id=shop_id, order_id=paid.id, amount=part, reason="part", actor="staff:1", now=utc_now())
    back(till)
    refund_order(shop_id=shop_id, order_id=paid.id, reason="rest", actor="staff:1", by_staff=True, now=utc_now())
    back(till)
    assert state(till, order) == "refunded"
    refunds = payments.refunds_of(shop_id, paid.payment_id or paid.id)
    assert [(r.state, r.amount.amount_minor) for r in refunds] == [
        ("succeeded", 100), ("succeeded", paid.total.amount_minor - 100),
    ]  # fmt: skip
    assert all(r.accepted_at and r.finished_at for r in refunds)
    assert ledger.balance(shop_id, payments.payment(shop_id, paid.payment_id or paid.id).ledger_account) == 0
    sound(till)


def test_paid_after_it_was_given_up(
    channel: str, till: AccountView, desk: RunningChannels, shop: Shop, live_server: Any
) -> None:
    """The attempt is closed at the channel when it expires; the buyer pays all the same; a code is left: delivered."""
    order = place(shop, utc_now())
    payment = begin(till, order, live_server)
    Payment.objects.filter(id=payment.id).update(next_poll_at=utc_now(), expires_at=utc_now() - timedelta(seconds=1))
    poll_due(now=utc_now())
    assert payments.payment(till.shop_id, payment.id).state in ("closed", "pending")
    desk.control.buy(channel, number(payment), force=True)
    assert desk.control.wait_quiet(10)
    asked(till)
    assert state(till, order) == "delivered"
    sound(till)


@pytest.mark.parametrize("channel", ["alipay", "stripe", "wechat"])
def test_bills_say_what_the_books_say(
    channel: str, till: AccountView, desk: RunningChannels, shop: Shop, live_server: Any
) -> None:
    """Yesterday's bill, fetched once, its rows ours by number and amount."""
    orders = [bought(till, desk, shop, channel, live_server) for _ in range(3)]
    refund_order(
        shop_id=till.shop_id, order_id=orders[0].order_id, reason="x", actor="staff:1", by_staff=True, now=utc_now()
    )
    back(till)
    ahead = timedelta(days=1, hours=14)
    AHEAD[0], tomorrow = ahead.total_seconds(), utc_now() + ahead
    assert want_bills(now=tomorrow) > 0
    for _again in range(2):
        fetch_bills(now=tomorrow, limit=50)
    found = {bill.kind: bill for bill in payments.bills(till.shop_id) if bill.state == "imported" and bill.rows}
    assert "trade" in found, payments.bills(till.shop_id)
    rows = list(payments.bill_rows(till.shop_id, found["trade"].id))
    paid = {p.number: p for order in orders for p in payments.payments_of(till.shop_id, "order", order.order_id)}
    told = {row.our_ref: row.amount.amount_minor for row in rows if row.kind == "payment"}
    if channel != "stripe":
        assert told == {number: p.amount.amount_minor for number, p in paid.items()}
    assert sum(told.values()) == sum(p.amount.amount_minor for p in paid.values()) or channel == "stripe"
    given = [row.amount.amount_minor for row in rows if row.kind == "refund"]
    assert given == [-orders[0].total.amount_minor]
    assert not [case for case in payments.open_cases(till.shop_id) if case.kind.startswith("bill")]


@pytest.mark.parametrize("channel", ["stripe", "paypal"])
@pytest.mark.parametrize("won", [True, False])
def test_a_dispute_from_its_beginning_to_its_end(
    channel: str, till: AccountView, desk: RunningChannels, shop: Shop, live_server: Any, won: bool
) -> None:
    order = bought(till, desk, shop, channel, live_server)
    payment = payments.payments_of(till.shop_id, "order", order.order_id)[-1]
    desk.control.dispute(channel, number(payment))
    assert desk.control.wait_quiet(10)
    (open_one,) = payments.disputes_of(till.shop_id, payment.id)
    assert open_one.state == "open"
    bought_code = delivery.masked_codes(till.shop_id, [order.lines[0].line_id])[0]
    reveal_codes(shop_id=till.shop_id, order_id=order.order_id, actor="guest", ip="", now=utc_now())
    answer_dispute(
        shop_id=till.shop_id, dispute_id=open_one.id, text="delivered", actor="staff:1", now=utc_now()
    )  # fmt: skip
    told = json.dumps(desk.control.ledger(channel, number(payment)), ensure_ascii=False)
    assert "delivered" in told
    assert bought_code.position == 1
    secrets = [secret for _number, secret in shop.codes]
    assert not [secret for secret in secrets if secret in told]
    assert payments.disputes_of(till.shop_id, payment.id)[0].evidence_at is not None
    desk.control.decide(channel, open_one.channel_ref, won=won)
    assert desk.control.wait_quiet(10)
    (ended,) = payments.disputes_of(till.shop_id, payment.id)
    assert ended.state == ("won" if won else "lost")
    sound(till)


@pytest.mark.parametrize("channel", ["stripe", "paypal", "wechat"])
def test_keys_may_change_and_the_old_address_still_counts(
    channel: str, till: AccountView, desk: RunningChannels, shop: Shop, live_server: Any
) -> None:
    """The account has a new version; a channel that knows one address calls the old one: delivered, once, no case."""
    provider, config, secrets, methods = CHANNELS[channel](desk)
    newer = open_account(
        shop_id=till.shop_id, provider=provider, code="main", name=provider, currency=till.currency, config=config,
        secrets=secrets, methods=methods, enabled=True, actor="test", now=utc_now(),
    )  # fmt: skip
    assert newer.id != till.id
    order = bought(newer, desk, shop, channel, live_server)
    for payment in payments.payments_of(till.shop_id, "order", order.order_id):
        assert payment.account_id == newer.id
        facts = [fact for fact in payments.facts_of(till.shop_id, payment.id) if fact.fact.kind == "paid"]
        assert [fact.outcome for fact in facts] == ["confirmed"]
    assert payments.open_cases(till.shop_id) == []
    assert ledger.balance(till.shop_id, f"9999:suspense:{provider}", till.currency) == 0
    sound(till)


@pytest.mark.parametrize("channel", ["paypal"])
def test_a_dispute_that_is_only_told_of(
    channel: str, till: AccountView, desk: RunningChannels, shop: Shop, live_server: Any
) -> None:
    """The app was not given the right to ask about disputes: the signed word counts."""
    desk.control.fault("error_burst", channel="paypal", on="dispute", status=403, times=None)
    order = bought(till, desk, shop, channel, live_server)
    payment = payments.payments_of(till.shop_id, "order", order.order_id)[-1]
    desk.control.dispute(channel, number(payment))
    assert desk.control.wait_quiet(10)
    (open_one,) = payments.disputes_of(till.shop_id, payment.id)
    assert open_one.state == "open"
    assert "dispute" in [case.kind for case in payments.open_cases(till.shop_id)]
    sound(till)
