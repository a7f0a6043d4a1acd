"""WeChat Pay v3 as a provider: JSAPI, mini program, native, H5 and app payments of a direct merchant."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from goodfor.kernel.ids import secret_token
from goodfor.kernel.outbound.http import is_safe_url
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers import rsa
from goodfor.payments.providers.base import (
    CLOSED,
    NOT_FOUND,
    Account,
    Attempt,
    Capabilities,
    ParsedNotify,
    RefundAttempt,
    created,
    paid,
)
from goodfor.payments.providers.wechat import notify, refunds, settings, shapes, signing
from goodfor.payments.providers.wechat.bills import WechatBills
from goodfor.payments.providers.wechat.client import Caller, guarded
from goodfor.payments.providers.wechat.mandates import WechatMandates
from goodfor.payments.providers.wechat.payers import WechatPayers
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.providers.wechat.shapes import BadReply
from goodfor.payments.providers.wechat.splits import WechatSplitter
from goodfor.payments.types import Instruction, RawRequest

_CALLS: Final = {"jsapi": "jsapi", "mini": "jsapi", "native": "native", "h5": "h5", "app": "app"}
_OVER: Final = frozenset({"CLOSED", "REVOKED"})
#: Bytes that WeChat takes of what is bought.
_DESCRIPTION: Final = 127
_NACK: Final = b'{"code":"FAIL","message":"FAIL"}'


class WechatProvider(WechatBills, WechatSplitter, WechatPayers, WechatMandates):
    """The method says from where it is paid. Also `BillSource`, `Splitter`, `PayerSource` and `Mandates`."""

    def capabilities(self, account: Account) -> Capabilities:
        """See `Capabilities`; a refund number is never paid twice, and two refunds of a payment need a minute."""
        return Capabilities(
            ack=b"", nack=_NACK, can_close=True, can_query_refund=True, refund_repeatable=True, refund_gap=60,
            freezes=frozenset(_CALLS) if settings.freezes(account) else frozenset(),
        )  # fmt: skip

    def check(self, account: Account) -> None:
        """See `Provider.check`."""
        settings.check(account)

    def create(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Make the order known; the same number with the same content is the same order there."""
        mine = Settings.of(account)
        call = _CALLS.get(attempt.method)
        if call is None or (call == "jsapi" and not attempt.payer):
            return Rejected("no_payer" if call else "unknown_method")

        def ask() -> Outcome:
            reply = Caller(mine, now).post(f"/v3/pay/transactions/{call}", _order(mine, attempt))
            return _instruction(mine, attempt, reply, now)

        try:
            return guarded(ask, refused=lambda no: Rejected(no.reason, no.text))
        except ValueError:
            return Unknown("bad_key")

    def query(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """See `Provider.query`. REFUND means that it was paid, and has a refund."""
        mine = Settings.of(account)

        def ask() -> Outcome:
            trade = _trade(mine, attempt.number, now)
            state = shapes.text(trade, "trade_state", 32)
            if state in shapes.PAID_STATES:
                return paid(shapes.paid_fact(account, mine, trade, "query", now))
            if state in _OVER:
                return Rejected(CLOSED)
            return Pending(shapes.text(trade, "transaction_id", 64))

        return guarded(ask)

    def close(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Where WeChat refuses, the order itself says why."""
        mine = Settings.of(account)

        def ask() -> Outcome:
            path = f"/v3/pay/transactions/out-trade-no/{quote(attempt.number, safe='')}/close"
            Caller(mine, now).post(path, {"mchid": mine.mchid})
            return Succeeded()

        outcome = guarded(ask)
        if isinstance(outcome, Rejected) and outcome.code == NOT_FOUND:
            return Succeeded()
        if isinstance(outcome, Succeeded):
            return outcome
        found = self.query(account, attempt, now)
        if isinstance(found, Succeeded):
            return Rejected("paid")
        return Succeeded() if isinstance(found, Rejected) and found.code == CLOSED else outcome

    def refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:
        """See `Provider.refund`."""
        return refunds.give_back(Settings.of(account), refund, now)

    def query_refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:
        """See `Provider.query_refund`."""
        return refunds.ask(Settings.of(account), refund, now)

    def parse_notify(self, account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:
        """See `Provider.parse_notify`. An unknown certificate may be fetched: not inside a transaction."""
        return notify.parse(account, raw, now)


def _order(mine: Settings, attempt: Attempt) -> dict[str, Any]:
    """The body of an order."""
    body: dict[str, Any] = {
        "appid": mine.appid_of(attempt.method),
        "mchid": mine.mchid,
        "description": shapes.cut(attempt.subject or attempt.number, _DESCRIPTION),
        "out_trade_no": attempt.number,
        "notify_url": attempt.notify_url,
        "amount": {"total": attempt.amount.amount_minor, "currency": attempt.amount.currency},
    }
    if attempt.expires_at:
        body["time_expire"] = shapes.beijing(attempt.expires_at)
    if mine.profit_sharing:
        body["settle_info"] = {"profit_sharing": True}
    if attempt.method in ("jsapi", "mini"):
        body["payer"] = {"openid": attempt.payer}
    if attempt.method == "h5":
        body["scene_info"] = {"payer_client_ip": attempt.client_ip or "127.0.0.1", "h5_info": {"type": "Wap"}}
    return body


def _instruction(mine: Settings, attempt: Attempt, reply: dict[str, Any], now: datetime) -> Outcome:
    """What the buyer does next. Raises ValueError for a key that cannot sign."""
    if attempt.method == "native":
        code = shapes.text(reply, "code_url", 1024)
        return created(Instruction("qr", code)) if code else Unknown("no_link")
    if attempt.method == "h5":
        url = shapes.text(reply, "h5_url", 1500)
        if not is_safe_url(url):
            return Unknown("no_link")
        back = f"&{urlencode({'redirect_url': attempt.return_url})}" if attempt.return_url else ""
        return created(Instruction("redirect", url + back))
    prepay_id = shapes.text(reply, "prepay_id", 128)
    if not prepay_id:
        return Unknown("no_link")
    return created(Instruction("client", fields=_signed(mine, attempt.method, prepay_id, now)))


def _signed(mine: Settings, method: str, prepay_id: str, now: datetime) -> dict[str, str]:
    """What the script or the app of WeChat takes, signed by the merchant."""
    appid, stamp, nonce = mine.appid_of(method), str(int(now.timestamp())), secret_token(24)
    if method == "app":
        sign = rsa.sign(signing.pay_message(appid, stamp, nonce, prepay_id), mine.private_key)
        return {
            "appid": appid, "partnerid": mine.mchid, "prepayid": prepay_id, "package": "Sign=WXPay",
            "noncestr": nonce, "timestamp": stamp, "sign": sign,
        }  # fmt: skip
    package = f"prepay_id={prepay_id}"
    sign = rsa.sign(signing.pay_message(appid, stamp, nonce, package), mine.private_key)
    return {
        "appId": appid, "timeStamp": stamp, "nonceStr": nonce, "package": package, "signType": "RSA", "paySign": sign,
    }  # fmt: skip


def _trade(mine: Settings, number: str, now: datetime) -> dict[str, Any]:
    """The order as WeChat has it. Raises as a call, and BadReply for somebody else's."""
    path = f"/v3/pay/transactions/out-trade-no/{quote(number, safe='')}?{urlencode({'mchid': mine.mchid})}"
    trade = Caller(mine, now).get(path)
    if trade.get("out_trade_no") != number or not mine.owns(trade.get("mchid"), trade.get("appid")):
        raise BadReply("other_number")
    return trade
