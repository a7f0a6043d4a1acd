"""Trades of Alipay: four ways to ask for money, query, close, cancel, refund."""

from datetime import datetime
from functools import partial

from goodfor.sandbox.channels import books
from goodfor.sandbox.channels.alipay import royalty
from goodfor.sandbox.channels.alipay.common import answer, biz, money, status_of, text, trade
from goodfor.sandbox.channels.cashier import page_url
from goodfor.sandbox.channels.demo import ALIPAY_BUYER_ID
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.rows import Payment, Refused, Wanted
from goodfor.sandbox.fen import format_fen
from goodfor.sandbox.ledger import BEIJING, beijing
from goodfor.sandbox.web import Handler, Request, Response, see_other

PRODUCTS = {
    "PAGE": ("FAST_INSTANT_TRADE_PAY",),
    "WAP": ("QUICK_WAP_WAY", "QUICK_WAP_PAY"),
    "APP": ("QUICK_MSECURITY_PAY",),
    "QR": ("", "FACE_TO_FACE_PAYMENT", "QR_CODE_OFFLINE"),
}


def open_trade(desk: Desk, request: Request, kind: str) -> Payment:
    """The trade that the signed request asks for. Raises Refused, BookRefused."""
    content, params = biz(request), request.params
    if str(content.get("product_code") or "") not in PRODUCTS[kind]:
        raise Refused("ACQ.INVALID_PARAMETER", "参数有误:product_code")
    frozen = (content.get("extend_params") or {}).get("royalty_freeze")
    wanted = Wanted(
        channel="alipay",
        merchant=params["app_id"],
        number=text(content, "out_trade_no", 64),
        ref=f"{beijing(desk.now_ms(), '%Y%m%d')}22001400{desk.digits(12)}",
        kind=kind,
        amount=money(content, "total_amount"),
        currency="CNY",
        subject=text(content, "subject", 256),
        notify_url=params.get("notify_url", ""),
        return_url=params.get("return_url", ""),
        splitting=str(frozen).lower() == "true",
        expires_ms=_expiry(content.get("time_expire")),
        seen=False,
        detail={"passback_params": content.get("passback_params") or ""},
    )  # fmt: skip
    return desk.open_payment(wanted)


def _expiry(value: object) -> int | None:
    if not value:
        return None
    try:
        found = datetime.strptime(str(value), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        raise Refused("ACQ.INVALID_PARAMETER", "参数有误:time_expire") from None
    return int(found.timestamp() * 1000)


def page(desk: Desk, request: Request, kind: str) -> Response:
    """Sends the buyer's browser to the page of the trade."""
    return see_other(page_url(desk, open_trade(desk, request, kind)))


def precreate(desk: Desk, request: Request) -> Response:
    """A QR code; the trade exists once it is scanned."""
    payment = open_trade(desk, request, "QR")
    return answer(out_trade_no=payment.number, qr_code=page_url(desk, payment))


def query(desk: Desk, request: Request) -> Response:
    """As it stands."""
    payment = trade(desk, request)
    paid = {} if payment.paid_ms is None else {"send_pay_date": beijing(payment.paid_ms)}
    return answer(
        trade_no=payment.ref, out_trade_no=payment.number, trade_status=status_of(payment),
        total_amount=format_fen(payment.amount), buyer_user_id=ALIPAY_BUYER_ID,
        receipt_amount=format_fen(payment.amount if payment.paid_ms else 0),
        buyer_pay_amount=format_fen(payment.amount if payment.paid_ms else 0), **paid,
    )  # fmt: skip


def close(desk: Desk, request: Request) -> Response:
    """Only what waits for its buyer."""
    payment = trade(desk, request)
    if payment.state == "paid":
        raise Refused("ACQ.TRADE_STATUS_ERROR")
    payment = desk.close(payment)
    return answer(trade_no=payment.ref, out_trade_no=payment.number)


def cancel(desk: Desk, request: Request) -> Response:
    """Closes what is unpaid, refunds what is paid."""
    payment = trade(desk, request, unseen=True)
    told = {"trade_no": payment.ref, "out_trade_no": payment.number, "retry_flag": "N"}
    if payment.state != "paid":
        desk.close(payment)
        return answer(**told, action="close")
    left = payment.amount - payment.refunded
    if left:
        number = f"cancel-{payment.number}"
        desk.refund(payment, key=f"{payment.ref}|{number}", number=number, ref=_ref(payment, number), amount=left,
                    at_once=True)  # fmt: skip
    return answer(**told, action="refund")


def _ref(payment: Payment, number: str) -> str:
    return f"{payment.ref}|{number}"


def refund(desk: Desk, request: Request) -> Response:
    """fund_change says whether money moved by this very call."""
    content, payment = biz(request), trade(desk, request)
    # Nothing for the buyer: only what receivers of a royalty had comes back.
    only_shares = content.get("refund_royalty_parameters") and str(content.get("refund_amount")) in ("0", "0.00")
    amount = 0 if only_shares else money(content, "refund_amount")
    number = str(content.get("out_request_no") or "")
    if not number and amount != payment.amount:
        raise Refused("ACQ.INVALID_PARAMETER", "参数有误:out_request_no")
    number = number or payment.number
    key = _ref(payment, number)
    with desk.db.read() as conn:
        before = books.find_refund(conn, "alipay", key=key)
    shares = royalty.returns_of(desk, content, payment) if before is None else []
    made = desk.refund(
        payment, key=key, number=number, ref=key, amount=amount, reason=str(content.get("refund_reason") or ""),
        gap_seconds=desk.limits.alipay_refund_gap, at_once=True,
    )  # fmt: skip
    royalty.take_back(desk, number, shares)
    if made.state == "failed":
        raise Refused("ACQ.SYSTEM_ERROR")
    with desk.db.read() as conn:
        after = books.payment_at(conn, payment.seq)
        done = sum(row.amount for row in books.refunds_of(conn, after) if row.state == "success")
    changed = made.state == "success" and before is None
    return answer(
        trade_no=payment.ref, out_trade_no=payment.number, buyer_user_id=ALIPAY_BUYER_ID,
        fund_change="Y" if changed else "N", refund_fee=format_fen(done),
    )  # fmt: skip


def refund_query(desk: Desk, request: Request) -> Response:
    """refund_status is there once the refund is done."""
    payment = trade(desk, request)
    number = text(biz(request), "out_request_no", 64)
    with desk.db.read() as conn:
        found = books.find_refund(conn, "alipay", key=_ref(payment, number))
    if found is None or found.state in ("failed", "closed"):
        return answer()
    told = {"trade_no": payment.ref, "out_trade_no": payment.number, "out_request_no": number}
    told |= {"total_amount": format_fen(payment.amount), "refund_amount": format_fen(found.amount)}
    if found.state == "success":
        told |= {"refund_status": "REFUND_SUCCESS", "gmt_refund_pay": beijing(found.ended_ms)}
    return answer(**told)


METHODS: dict[str, tuple[str, Handler]] = {
    "alipay.trade.page.pay": ("create", partial(page, kind="PAGE")),
    "alipay.trade.wap.pay": ("create", partial(page, kind="WAP")),
    "alipay.trade.app.pay": ("create", partial(page, kind="APP")),
    "alipay.trade.precreate": ("create", precreate),
    "alipay.trade.query": ("query", query),
    "alipay.trade.close": ("close", close),
    "alipay.trade.cancel": ("close", cancel),
    "alipay.trade.refund": ("refund", refund),
    "alipay.trade.fastpay.refund.query": ("refund_query", refund_query),
}
