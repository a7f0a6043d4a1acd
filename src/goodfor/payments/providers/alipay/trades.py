"""What Alipay says of a trade, by our number."""

from datetime import datetime

from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Unknown
from goodfor.payments.providers.alipay import client
from goodfor.payments.providers.alipay.client import text_of
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.shapes import beijing_time, is_channel_number, positive_yuan
from goodfor.payments.providers.base import CLOSED, Account, paid
from goodfor.payments.types import Fact


def ask(settings: Settings, account: Account, number: str, now: datetime) -> Outcome:
    """As `Provider.query`; raises what a call raises, Refused for a number that is not there.

    A trade that was paid and then given back whole is Rejected(refunded).
    """
    reply = client.call(settings, "alipay.trade.query", {"out_trade_no": number}, now)
    client.require_same(reply, "out_trade_no", number)
    status, trade_no = text_of(reply, "trade_status"), text_of(reply, "trade_no")
    if not is_channel_number(trade_no):
        return Unknown("bad_reply")
    if status == "WAIT_BUYER_PAY":
        return Pending(trade_no)
    if status == "TRADE_CLOSED":
        # Paid and given back whole, or never paid: only a paid one has a time of payment.
        return Rejected("refunded" if text_of(reply, "send_pay_date") else CLOSED)
    if status not in ("TRADE_SUCCESS", "TRADE_FINISHED"):
        return Unknown("bad_status")
    return paid_now(account, number, trade_no, text_of(reply, "total_amount"), text_of(reply, "send_pay_date"), now)


def paid_now(account: Account, number: str, trade_no: str, total: str, paid_at: str, now: datetime) -> Outcome:
    """The fact in a reply that says that a trade is paid."""
    amount, happened_at = positive_yuan(total), beijing_time(paid_at)
    if amount is None or not is_channel_number(trade_no):
        return Unknown("bad_fact")
    return paid(
        Fact(
            kind="paid",
            provider="alipay",
            account_id=account.id,
            our_ref=number,
            channel_ref=trade_no,
            amount=amount,
            happened_at=min(happened_at, now) if happened_at else now,
            source="query",
        )
    )
