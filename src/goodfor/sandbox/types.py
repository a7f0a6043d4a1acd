"""What passes between the parts of the gateway. Money is integer fen, time is integer milliseconds since 1970."""

from dataclasses import dataclass, field

UNPAID = "unpaid"
PAID = "paid"
PARTIALLY_REFUNDED = "partially_refunded"
REFUNDED = "refunded"
FROZEN = "frozen"
CLOSED = "closed"

REFUND_PENDING = "pending"
REFUND_SUCCESS = "success"
REFUND_FAILED = "failed"

PAY_TYPES = ("alipay", "wxpay", "qqpay", "bank")


class GatewayError(Exception):
    """A refusal the protocol can express: `{"code": -1, "msg": ...}`."""

    def __init__(self, msg: str, *, code: int = -1) -> None:
        super().__init__(msg)
        self.msg = msg
        self.code = code


@dataclass(frozen=True)
class Merchant:
    """One merchant account of the gateway."""

    pid: str
    name: str
    md5_key: str = field(repr=False)
    md5_dialect: str
    public_pem: str


@dataclass(frozen=True)
class Order:
    """A merchant's wish to be paid, checked and typed."""

    pid: str
    out_trade_no: str
    version: int
    type: str
    name: str
    money_fen: int
    notify_url: str
    return_url: str = ""
    param: str = ""
    clientip: str = ""
    device: str = ""


@dataclass(frozen=True)
class Trade:
    """One row of the books."""

    trade_no: str
    pid: str
    out_trade_no: str
    version: int
    type: str
    name: str
    money_fen: int
    paid_fen: int
    refunded_fen: int
    state: str
    notify_url: str
    return_url: str
    param: str
    clientip: str
    device: str
    api_trade_no: str
    created_ms: int
    paid_ms: int | None
    closed_ms: int | None
    late_pay_ms: int | None

    @property
    def shown_fen(self) -> int:
        """What the protocol calls `money`: the sum asked for, and once it is paid, the sum that really came."""
        return self.paid_fen or self.money_fen


@dataclass(frozen=True)
class Refund:
    """Money given back, or about to be."""

    refund_no: str
    trade_no: str
    pid: str
    out_refund_no: str | None
    amount_fen: int
    state: str
    settle_ms: int | None
    settle_to: str
    created_ms: int
    ended_ms: int | None


@dataclass(frozen=True)
class Notice:
    """A notify to be sent: how often, when, and with which fault."""

    id: int
    trade_no: str
    fault: str
    fault_id: int | None
    detail: str
    repeat_left: int
    attempt: int
    single: bool


@dataclass(frozen=True)
class Attempt:
    """What became of one sending. `status` is 0 when there was no answer."""

    status: int
    answer: str
    error: str
    started_ms: int
    took_ms: int

    @property
    def accepted(self) -> bool:
        """The receiver said `success`."""
        return self.status == 200 and self.answer.strip() == "success"
