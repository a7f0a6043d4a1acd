"""Alipay: one gateway, a method in each request; all is signed (RSA2), by key or by certificate."""

# ruff: noqa: ARG002 - a channel is given more than each of its answers needs

import json
from datetime import datetime
from typing import Any

from goodfor.sandbox.channels import chains, demo
from goodfor.sandbox.channels.alipay import agreements, bills, royalty, trades, transfers
from goodfor.sandbox.channels.alipay.common import FORM_NEVER, NOTIFY_NEVER, biz, notify_fields
from goodfor.sandbox.channels.channel import Channel
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.outbox import Letter
from goodfor.sandbox.channels.rows import Agreement, BookRefused, Event, Outgoing, Payment, Refund, Refused
from goodfor.sandbox.fen import parse_fen
from goodfor.sandbox.keys import derive_private_key
from goodfor.sandbox.ledger import BEIJING, beijing
from goodfor.sandbox.notices import spoiled
from goodfor.sandbox.signing import sign_bytes, signed_text, verify_bytes
from goodfor.sandbox.web import Handler, Request, Response, parse_pairs, with_query

METHODS: dict[str, tuple[str, Handler]] = {
    **trades.METHODS, **royalty.METHODS, **transfers.METHODS, **bills.METHODS, **agreements.METHODS,
}  # fmt: skip
#: Answered with a page or not at all, instead of with signed JSON.
_PAGES = frozenset({"alipay.trade.page.pay", "alipay.trade.wap.pay"})
_APPS = {demo.ALIPAY_APP_ID: demo.MERCHANT_KEY_NAME, demo.ALIPAY_OTHER_APP_ID: demo.OTHER_KEY_NAME}
_BOOK_WORDS = {
    "paid": "ACQ.TRADE_HAS_SUCCESS",
    "closed": "ACQ.TRADE_HAS_CLOSE",
    "differs": "ACQ.CONTEXT_INCONSISTENT",
    "not_paid": "ACQ.TRADE_STATUS_ERROR",
    "too_much": "ACQ.REFUND_AMT_NOT_EQUAL_TOTAL",
    "too_soon": "ACQ.REFUND_TOO_FREQUENT",
    "rejected": "ACQ.SELLER_BALANCE_NOT_ENOUGH",
    "not_found": "ACQ.TRADE_NOT_EXIST",
}
MAX_SKEW_SECONDS = 300


def call_app_pay(desk: Desk, order_string: str) -> Payment:
    """What the Alipay app does with the signed string of `alipay.trade.app.pay`. Raises Refused, BookRefused."""
    request = Request("POST", "", {}, parse_pairs(order_string))
    verify(desk, request)
    return trades.open_trade(desk, request, "APP")


def verify(desk: Desk, request: Request) -> str:
    """The application that signed the request, lately. Raises Refused."""
    params = request.params
    key_name = _APPS.get(params.get("app_id", ""))
    if key_name is None:
        raise Refused("isv.invalid-app-id", "无效的AppID参数")
    if params.get("sign_type") != "RSA2" or params.get("version") != "1.0":
        raise Refused("isv.invalid-signature-type", "无效签名类型")
    if params.get("charset", "").lower() != "utf-8" or params.get("format", "JSON") != "JSON":
        raise Refused("isv.invalid-charset", "字符集错误")
    text = signed_text(params, FORM_NEVER)
    if not verify_bytes(text.encode(), params.get("sign", ""), derive_private_key(key_name).public_key()):
        raise Refused("isv.invalid-signature", "验签出错")
    if params.get("app_cert_sn") or params.get("alipay_root_cert_sn"):
        wanted = [chains.serial_digest(chains.alipay_app_certificate())]
        wanted.append(chains.serial_digest(chains.alipay_root_certificate()))
        if [params.get("app_cert_sn"), params.get("alipay_root_cert_sn")] != wanted:
            raise Refused("isv.app-cert-sn-error", "证书序列号错误")
    try:
        at = datetime.strptime(params.get("timestamp", ""), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING).timestamp()
    except ValueError:
        raise Refused("isv.invalid-timestamp", "非法的时间戳参数") from None
    if abs(desk.config.clock() - at) > MAX_SKEW_SECONDS:
        raise Refused("isv.invalid-timestamp", "非法的时间戳参数")
    return params["app_id"]


class Alipay(Channel):
    """The stand-in of the Alipay gateway."""

    name = "alipay"

    def find(self, request: Request, path: str) -> tuple[str, Handler, dict[str, str]] | int:
        """By the method that the request names; a bill's file has an address of its own."""
        if path == "/bill" and request.method == "GET":
            return "bill_file", bills.download, {}
        if path != "/gateway.do":
            return 404
        endpoint, handler = METHODS.get(request.params.get("method", ""), ("", _unknown))
        return endpoint, handler, {}

    def number_of(self, request: Request, arguments: dict[str, str]) -> str:
        """out_trade_no in the content, out_biz_no of a transfer, or an agreement's external_agreement_no."""
        try:
            content = biz(request)
            names = ("out_trade_no", "out_biz_no", "external_agreement_no")
            return next((str(content[name]) for name in names if content.get(name)), "")
        except Refused:
            return ""

    def prepare(self, desk: Desk, request: Request, endpoint: str) -> None:
        """Every call of the gateway is signed."""
        if endpoint != "bill_file":
            verify(desk, request)

    def refusal(self, desk: Desk, request: Request, refused: Refused) -> Response:
        """40004 for business, 40002 for arguments; signed like every reply."""
        if refused.status == 404:
            return Response(404)
        code = "40004" if refused.code.startswith("ACQ.") or refused.code.isupper() else "40002"
        msg = "Business Failed" if code == "40004" else "Invalid Arguments"
        body = {"code": code, "msg": msg, "sub_code": refused.code, "sub_msg": refused.message}
        return self.finish(desk, request, Response(200, json.dumps(body, ensure_ascii=False).encode()), spoil=False)

    def fault(self, desk: Desk, request: Request, status: int) -> Response:
        """An HTTP error from before the gateway, which signs nothing."""
        return Response(status, b"fault on demand", (("Content-Type", "text/plain"),))

    def book_refusal(self, refused: BookRefused) -> Refused:
        """In Alipay's words."""
        return Refused(_BOOK_WORDS[refused.why])

    def finish(self, desk: Desk, request: Request, response: Response, *, spoil: bool) -> Response:
        """`{"<method>_response": {...}, "sign": ...}` around JSON; pages and files leave as they are."""
        if response.headers or response.status != 200:
            return response
        content = response.body.decode()
        signature = sign_bytes(content.encode(), derive_private_key(demo.PLATFORM_KEY_NAME))
        name = request.params.get("method", "").replace(".", "_") + "_response"
        cert = ""
        if request.params.get("app_cert_sn"):
            cert = f'"alipay_cert_sn":"{chains.serial_digest(chains.alipay_public_certificate())}",'
        text = f'{{"{name}":{content},{cert}"sign":"{spoiled(signature) if spoil else signature}"}}'
        return Response(200, text.encode(), (("Content-Type", "application/json;charset=utf-8"),))

    def paid_events(self, desk: Desk, payment: Payment) -> list[Event]:
        """trade_status_sync with TRADE_SUCCESS."""
        return [Event("trade_status_sync", notify_fields(payment, "TRADE_SUCCESS"))]

    def refund_events(self, desk: Desk, payment: Payment, refund: Refund) -> list[Event]:
        """The payment's notify again, with what was refunded so far; a full refund closes the trade."""
        if refund.state != "success":
            return []
        status = "TRADE_CLOSED" if payment.refunded == payment.amount else "TRADE_SUCCESS"
        return [Event("trade_status_sync", notify_fields(payment, status, refund))]

    def agreement_events(self, desk: Desk, agreement: Agreement) -> list[Event]:
        """dut_user_sign, dut_user_unsign; what ends unsigned is told nobody."""
        told = agreements.notify_fields(agreement)
        return [Event(told["notify_type"], told)] if agreement.signed_ms else []

    def closed_events(self, desk: Desk, payment: Payment) -> list[Event]:
        """TRADE_CLOSED, once the trade exists."""
        return [Event("trade_status_sync", notify_fields(payment, "TRADE_CLOSED"))] if payment.seen_ms else []

    def seal(self, desk: Desk, letter: Letter, lie: str, settings: dict[str, Any]) -> Outgoing:
        """A form, signed over all but sign and sign_type."""
        fields = {name: str(value) for name, value in json.loads(letter.payload).items()}
        fields |= {"notify_id": letter.event_id, "notify_time": beijing(desk.now_ms())}
        if lie == "wrong_amount_notify":
            parse_fen(settings["money"])
            fields["total_amount"] = settings["money"]
        elif lie == "foreign_merchant_notify":
            fields["app_id"] = fields["auth_app_id"] = settings["as_merchant"] or demo.ALIPAY_OTHER_APP_ID
        fields["sign"] = notify_signature(fields)
        fields["sign_type"] = "RSA2"
        if lie in ("bad_signature_notify", "signtest_notify"):
            fields["sign"] = spoiled(fields["sign"])
        body = with_query("", fields)[1:].encode()
        return Outgoing(body, {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"})

    def return_url(self, desk: Desk, payment: Payment) -> str:
        """With the trade's numbers, signed like a notify."""
        told = notify_fields(payment, "")
        kept = {name: told[name] for name in ("app_id", "out_trade_no", "trade_no", "total_amount", "seller_id")}
        kept |= {"charset": "utf-8", "version": "1.0", "timestamp": beijing(desk.now_ms())}
        kept |= {"method": "alipay.trade.page.pay.return"}
        return with_query(payment.return_url, {**kept, "sign": notify_signature(kept), "sign_type": "RSA2"})

    def accepts(self, status: int, answer: str) -> bool:
        """The text `success` and nothing else."""
        return status == 200 and answer == "success"


def notify_signature(fields: dict[str, str]) -> str:
    """The platform's signature of a notify's fields."""
    return sign_bytes(signed_text(fields, NOTIFY_NEVER).encode(), derive_private_key(demo.PLATFORM_KEY_NAME))


def _unknown(_desk: Desk, _request: Request) -> Response:
    raise Refused("isv.invalid-method", "不存在的方法名")
