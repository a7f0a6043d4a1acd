"""What may go wrong at the four channels, on demand. The board is the EPay stand-in's; the kinds are these."""

from collections.abc import Mapping

from goodfor.sandbox.faults import FaultBoard

CHANNELS = ("wechat", "alipay", "stripe", "paypal")
#: Names of calls that `on` takes; `pay` is the buyer's page.
ENDPOINTS = (
    "create",
    "query",
    "close",
    "refund",
    "refund_query",
    "split",
    "split_query",
    "transfer",
    "transfer_query",
    "sign",
    "agreement_query",
    "agreement_end",
    "announce",
    "charge",
    "bill",
    "certificates",
    "token",
    "capture",
    "dispute",
    "balance",
    "verify",
    "authorize",
    "openid",
    "script",
    "elements",
    "pay",
)
#: kind -> its settings with their defaults.
KINDS: Mapping[str, Mapping[str, int | str]] = {
    "delay": {"ms": 1000, "on": "*"},
    "lost_answer": {"on": "*"},
    "error_burst": {"status": 500, "on": "*", "work": "before"},
    "bad_signature_reply": {"on": "*"},
    "duplicate_notify": {"count": 2},
    "concurrent_notify": {"count": 2},
    "notify_before_reply": {"on": "create"},
    "out_of_order": {"ms": 3000},
    "delay_notify": {"ms": 1000},
    "lost_notify": {},
    "bad_signature_notify": {"instead": 0},
    "signtest_notify": {"instead": 0},
    "wrong_amount_notify": {"money": "0.01", "instead": 0},
    "foreign_merchant_notify": {"as_merchant": "", "instead": 0},
    "refund_processing": {"seconds": 3, "outcome": "success"},
    "refund_rejected": {},
    "paid_after_close": {"ms": 0},
    "split_failed": {"reason": "ACCOUNT_ABNORMAL", "account": ""},
    "split_processing": {"seconds": 3},
    "return_failed": {"reason": "BALANCE_NOT_ENOUGH"},
    "transfer_dealing": {"seconds": 3, "outcome": "success"},
    "transfer_refused": {"reason": "PAYER_BALANCE_NOT_ENOUGH"},
    "charge_refused": {"reason": "no_funds"},
    "charge_slow": {"seconds": 3},
    "bill_row": {"change": "missing"},
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "on": ("*", *ENDPOINTS),
    "work": ("before", "after"),
    "outcome": ("success", "abnormal", "closed", "failed"),
    "change": ("missing", "extra", "changed"),
}
#: Notifies that lie, each sent before the honest one or, with `instead`, alone.
LIES = ("bad_signature_notify", "signtest_notify", "wrong_amount_notify", "foreign_merchant_notify")


def board() -> FaultBoard:
    """An empty board. In its words `pid` is the channel and `out_trade_no` the payment's number."""
    return FaultBoard(KINDS, CHOICES)


def as_wish(given: Mapping[str, object]) -> dict[str, object]:
    """`{"kind", "channel"?, "number"?, ...}` in the words of the board."""
    rest = dict(given)
    channel, number = rest.pop("channel", ""), rest.pop("number", "")
    return {**rest, "pid": channel, "out_trade_no": number}
