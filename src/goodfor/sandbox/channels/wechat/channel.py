"""WeChat Pay: routes, refusals, signed replies and sealed notifies."""

# ruff: noqa: ARG002 - a channel is given more than each of its answers needs

import json
import secrets
from typing import Any

from goodfor.sandbox.channels import demo
from goodfor.sandbox.channels.app import number_in_body
from goodfor.sandbox.channels.channel import Channel
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.outbox import Letter
from goodfor.sandbox.channels.rows import Agreement, BookRefused, Event, Outgoing, Payment, Refund, Refused
from goodfor.sandbox.channels.wechat import bills, contracts, oauth, orders, refunds, signing, splits
from goodfor.sandbox.channels.wechat.common import stamp, transaction, unseen
from goodfor.sandbox.fen import parse_fen
from goodfor.sandbox.notices import spoiled
from goodfor.sandbox.web import Request, Response, json_response

_BOOK_WORDS = {
    "paid": ("ORDERPAID", "该订单已支付", 400),
    "closed": ("ORDER_CLOSED", "订单已关闭", 400),
    "differs": ("INVALID_REQUEST", "请求重入时，参数与首次请求时不一致", 400),
    "not_paid": ("INVALID_REQUEST", "订单未支付", 400),
    "too_much": ("INVALID_REQUEST", "退款金额大于可退金额", 400),
    "too_soon": ("FREQUENCY_LIMITED", "同一笔订单的退款间隔需大于1分钟", 429),
    "rejected": ("NOT_ENOUGH", "商户余额不足", 403),
    "not_found": ("RESOURCE_NOT_EXISTS", "记录不存在", 404),
}


class WeChat(Channel):
    """The stand-in of WeChat Pay API v3."""

    name = "wechat"

    def __init__(self) -> None:
        super().__init__()
        for routes in (
            oauth.ROUTES, orders.ROUTES, contracts.ROUTES, refunds.ROUTES, splits.ROUTES, bills.ROUTES,
        ):  # fmt: skip
            for method, pattern, endpoint, handler in routes:
                self.router.add(method, pattern, endpoint, handler)

    def number_of(self, request: Request, arguments: dict[str, str]) -> str:
        """The merchant's number in the path or the body."""
        return arguments.get("number", "") or number_in_body(request, "out_trade_no", "out_contract_code")

    def prepare(self, desk: Desk, request: Request, endpoint: str) -> None:
        """Every request is signed, but for those of the OAuth."""
        if endpoint in oauth.ENDPOINTS:
            return
        signing.merchant_of(request, desk.config.clock())
        if not request.headers.get("User-Agent"):
            raise Refused("PARAM_ERROR", "User-Agent不能为空")

    def refusal(self, desk: Desk, request: Request, refused: Refused) -> Response:
        """{code, message}, signed like every reply."""
        answer = json_response({"code": refused.code, "message": refused.message}, refused.status)
        return self.finish(desk, request, answer, spoil=False)

    def fault(self, desk: Desk, request: Request, status: int) -> Response:
        """SYSTEM_ERROR, or FREQUENCY_LIMITED for 429."""
        code = "FREQUENCY_LIMITED" if status == 429 else "SYSTEM_ERROR"
        return self.refusal(desk, request, Refused(code, "fault on demand", status))

    def book_refusal(self, refused: BookRefused) -> Refused:
        """In WeChat's words."""
        return Refused(*_BOOK_WORDS[refused.why])

    def finish(self, desk: Desk, request: Request, response: Response, *, spoil: bool) -> Response:
        """Signed under the key that the request names, else as a certificate; bills' files and OAuth are not."""
        names = {name for name, _value in response.headers}
        if "Wechatpay-Signature" in names or "X-Bill" in names or "/oauth2/" in request.path:
            return response
        asked = request.headers.get("Wechatpay-Serial", "")
        serial = asked if asked == demo.WECHAT_PUBLIC_KEY_ID else demo.WECHAT_PLATFORM_SERIAL
        signed = signing.platform_headers(response.body, serial, desk.now_ms() // 1000, secrets.token_hex(16).upper())
        if spoil:
            signed["Wechatpay-Signature"] = spoiled(signed["Wechatpay-Signature"])
        signed["Request-Id"] = secrets.token_hex(16)
        return Response(response.status, response.body, (*response.headers, *signed.items()))

    def paid_events(self, desk: Desk, payment: Payment) -> list[Event]:
        """TRANSACTION.SUCCESS."""
        return [Event("TRANSACTION.SUCCESS", transaction(payment))]

    def declined_events(self, desk: Desk, payment: Payment) -> list[Event]:
        """TRANSACTION.FAIL of what was taken on before."""
        return [] if unseen(payment) else [Event("TRANSACTION.FAIL", transaction(payment))]

    def agreement_events(self, desk: Desk, agreement: Agreement) -> list[Event]:
        """ENTRUST.SIGN or ENTRUST.TERMINATE."""
        kind = "SIGN" if agreement.state == "signed" else "TERMINATE"
        return [Event(f"ENTRUST.{kind}", contracts.contract(agreement))] if agreement.signed_ms else []

    def refund_events(self, desk: Desk, payment: Payment, refund: Refund) -> list[Event]:
        """REFUND.SUCCESS, REFUND.ABNORMAL or REFUND.CLOSED."""
        if not refund.notify_url:
            return []
        return [Event(f"REFUND.{refunds.STATES[refund.state]}", refunds.told(payment, refund))]

    def seal(self, desk: Desk, letter: Letter, lie: str, settings: dict[str, Any]) -> Outgoing:
        """The resource sealed under the APIv3 key, the body signed by the platform."""
        payload = json.loads(letter.payload)
        if lie == "wrong_amount_notify" and "amount" in payload:
            kind = "refund" if letter.event.startswith("REFUND") else "total"
            payload["amount"][kind] = parse_fen(settings["money"])
        elif lie == "foreign_merchant_notify":
            payload["mchid"] = settings["as_merchant"] or demo.WECHAT_OTHER_MCHID
        kind = letter.event.partition(".")[0].lower()
        plain = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        body = notify_body(letter, plain, kind, nonce=letter.event_id[:12])
        nonce = secrets.token_hex(16).upper()
        headers = signing.platform_headers(body, demo.WECHAT_PLATFORM_SERIAL, desk.now_ms() // 1000, nonce)
        if lie == "bad_signature_notify":
            headers["Wechatpay-Signature"] = spoiled(headers["Wechatpay-Signature"])
        elif lie == "signtest_notify":
            headers["Wechatpay-Signature"] = "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]
        return Outgoing(body, {"Content-Type": "application/json", **headers})

    def accepts(self, status: int, answer: str) -> bool:
        """200 or 204."""
        return status in (200, 204)


def notify_body(letter: Letter, plain: bytes, kind: str, *, nonce: str) -> bytes:
    """The body of a notify around its sealed resource."""
    resource = {
        "original_type": kind,
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": signing.seal(plain, nonce, kind),
        "associated_data": kind,
        "nonce": nonce,
    }
    body = {
        "id": letter.event_id,
        "create_time": stamp(letter.created_ms),
        "resource_type": "encrypt-resource",
        "event_type": letter.event,
        "summary": "ok",
        "resource": resource,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
