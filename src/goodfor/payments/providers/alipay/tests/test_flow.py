"""Through the operations of payments: begun, notified, confirmed, applied, given back; and closed when it expires."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from goodfor.kernel.clock import utc_now
from goodfor.kernel.money import Money
from goodfor.payments import queries
from goodfor.payments.operations.apply_fact import apply_fact
from goodfor.payments.operations.begin_payment import PayerRequest, begin_payment
from goodfor.payments.operations.close_payment import close_payment
from goodfor.payments.operations.confirm_fact import confirm_fact
from goodfor.payments.operations.execute_refund import execute_refund
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.record_callback import record_callback
from goodfor.payments.operations.request_refund import request_refund
from goodfor.payments.providers.alipay.adapter import AlipayProvider
from goodfor.payments.providers.alipay.shapes import beijing_text
from goodfor.payments.providers.alipay.tests.kit import TRADE, Gateway, account, no, notified, ok, post, running
from goodfor.payments.providers.registry import PROVIDERS
from goodfor.payments.types import AccountView, Begun

pytestmark = pytest.mark.django_db(transaction=True)

QUERY, GIVE, ASK = "alipay.trade.query", "alipay.trade.refund", "alipay.trade.fastpay.refund.query"
PRICE = Money(990, "CNY")
SHOP = UUID(int=77)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    monkeypatch.setitem(PROVIDERS, "alipay", AlipayProvider())
    with running() as gateway:
        yield gateway


def opened(gate: Gateway, *methods: str) -> AccountView:
    made = account(gate.url, methods=methods)
    return open_account(
        shop_id=SHOP, provider="alipay", code="ali", name="Alipay", currency="CNY", config=made.config,
        secrets=made.secrets, methods=methods, now=utc_now() - timedelta(minutes=1), actor="test", enabled=True,
    )  # fmt: skip


def begun(view: AccountView, method: str) -> Begun:
    now = utc_now()
    return begin_payment(
        shop_id=SHOP, account_id=view.id, method=method, source_type="order", source_id=uuid4(), amount=PRICE,
        request=PayerRequest("card", "https://pay.example.test/hook", "https://shop.example.test/r"),
        expires_at=now + timedelta(minutes=15), now=now,
    )  # fmt: skip


def trade(number: str, **more: Any) -> dict[str, Any]:
    return ok(out_trade_no=number, trade_no=TRADE, trade_status="TRADE_SUCCESS", total_amount="9.90", **more)


def test_paid_and_given_back(gate: Gateway) -> None:
    view = opened(gate, "page")
    payment = begun(view, "page").payment
    gate.answers[QUERY] = trade(payment.number)
    body = notified({"out_trade_no": payment.number, "notify_time": beijing_text(utc_now()), "gmt_payment": ""})
    receipt = record_callback(shop_id=SHOP, account_id=view.id, raw=post(body), now=utc_now())
    assert (receipt.verified, receipt.ack) == (True, b"success")
    confirmation = confirm_fact(shop_id=SHOP, fact=receipt.facts[0], now=utc_now())
    assert confirmation.fact is not None
    with transaction.atomic():
        assert apply_fact(shop_id=SHOP, fact=confirmation.fact, now=utc_now()).outcome == "confirmed"
    again = record_callback(shop_id=SHOP, account_id=view.id, raw=post(body), now=utc_now())
    assert again.inbox_id == receipt.inbox_id
    assert confirm_fact(shop_id=SHOP, fact=again.facts[0], now=utc_now()).state == "already_applied"
    refund = request_refund(
        shop_id=SHOP, payment_id=payment.id, amount=PRICE, reason="unseen", business_key="k", now=utc_now()
    )
    # The reply is lost; the query knows nothing of it, so the same number goes out again, and money moves once.
    gate.answers |= {GIVE: None, ASK: ok()}
    assert execute_refund(shop_id=SHOP, refund_id=refund.id, now=utc_now()).state == "unknown"
    gate.answers[GIVE] = ok(out_trade_no=payment.number, trade_no=TRADE, refund_fee="9.90", fund_change="Y")
    later = utc_now() + timedelta(hours=2)
    assert execute_refund(shop_id=SHOP, refund_id=refund.id, now=later).done
    assert {content["out_request_no"] for method, content in gate.calls if method in (GIVE, ASK)} == {refund.number}


def test_a_code_is_kept_and_cancelled(gate: Gateway) -> None:
    view = opened(gate, "precreate", "page")
    gate.answers["alipay.trade.precreate"] = lambda c: ok(out_trade_no=c["out_trade_no"], qr_code="https://qr.test/1")
    made = begun(view, "precreate")
    assert made.instruction.kind == "qr"
    gate.answers |= {
        "alipay.trade.close": no("ACQ.TRADE_NOT_EXIST"), QUERY: no("ACQ.TRADE_NOT_EXIST"),
        "alipay.trade.cancel": ok(out_trade_no=made.payment.number, retry_flag="N"),
    }  # fmt: skip
    assert close_payment(shop_id=SHOP, payment_id=made.payment.id, now=utc_now()).state == "closed"
    assert [method for method, _ in gate.calls][-3:] == ["alipay.trade.close", "alipay.trade.cancel", QUERY]
    assert queries.payment(SHOP, made.payment.id).state == "closed"


def test_forged_notifications_give_nothing(gate: Gateway) -> None:
    view = opened(gate, "page")
    body = notified({"notify_time": beijing_text(utc_now())}, after={"total_amount": "0.01"})
    receipt = record_callback(shop_id=SHOP, account_id=view.id, raw=post(body), now=utc_now())
    assert (receipt.verified, receipt.problem, receipt.facts) == (False, "bad_signature", ())
    assert gate.calls == []
