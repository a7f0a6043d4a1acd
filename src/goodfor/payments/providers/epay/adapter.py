"""EPay as a provider. The gateway is an untrusted counterparty: what it notifies is asked again and checked.

v1 has no close and no query of a refund: after a lost reply only the order's own state tells, and where that is not
enough the outcome stays Unknown("ambiguous") and becomes a case. v2 has both, and ignores a repeated refund number.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from goodfor.kernel.money import Money
from goodfor.kernel.outbound import http
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers import rsa
from goodfor.payments.providers.base import (
    NOT_FOUND,
    NOT_SENT,
    UNSUPPORTED,
    Account,
    Attempt,
    Capabilities,
    ConfigProblem,
    NotifyProblem,
    ParsedNotify,
    RefundAttempt,
    created,
    paid,
)
from goodfor.payments.providers.epay import client, schemas, signing
from goodfor.payments.providers.epay.schemas import BadReply, Settings
from goodfor.payments.types import Fact, FactSource, Instruction, RawRequest

NAME_BYTES = 127
APP_SCHEMES = frozenset({"weixin", "wxp", "alipays", "alipay", "alipayqr", "mqqapi"})
AMBIGUOUS = "ambiguous"
REFUSED = "refused"


class EpayProvider:
    """Both versions; `config["version"]` says which."""

    def capabilities(self, account: Account) -> Capabilities:
        """See `Capabilities`."""
        settings = Settings.of(account)
        v2 = settings.version == "v2"
        return Capabilities(
            local_create=settings.mode == "page", can_close=v2, can_query_refund=True, refund_repeatable=v2
        )

    def check(self, account: Account) -> None:
        """See `Provider.check`: yuan, gateway by https, pid, and the keys of the version."""
        settings = Settings.of(account)
        if account.currency != "CNY":
            # The protocol has no field for it: `money` is yuan.
            raise ConfigProblem("currency", "not_supported")
        if not http.is_safe_url(settings.gateway) or urlsplit(settings.gateway).query:
            raise ConfigProblem("gateway", "not_https")
        if settings.version == "v1":
            if len(settings.key) < 8:
                raise ConfigProblem("key", "missing")
            return
        try:
            rsa.private(settings.private_key)
        except ValueError:
            raise ConfigProblem("private_key", "malformed") from None
        try:
            rsa.public(settings.platform_key)
        except ValueError:
            raise ConfigProblem("platform_key", "malformed") from None

    def create(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """Page mode: a signed link to the gateway, no call. Server mode: the gateway gives a link or a code."""
        settings = Settings.of(account)
        fields = {
            "type": attempt.method,
            "out_trade_no": attempt.number,
            "notify_url": attempt.notify_url,
            "return_url": attempt.return_url,
            "name": cut(attempt.subject or attempt.number, NAME_BYTES),
            "money": attempt.amount.as_decimal_string(),
        }
        v2 = settings.version == "v2"
        if settings.mode == "page":
            path = "api/pay/submit" if v2 else "submit.php"
            query = urlencode(client.signed(settings, fields, now))
            return created(Instruction("redirect", f"{settings.gateway}/{path}?{query}"))
        fields |= {"clientip": attempt.client_ip or "127.0.0.1", "device": attempt.device}
        if v2:
            fields["method"] = str(account.config.get("create_method", "web"))
            return _guarded(lambda: _created_v2(client.call_v2(settings, "api/pay/create", fields, now)))
        return _guarded(lambda: _created_v1(client.call_v1(settings, "mapi.php", client.signed(settings, fields, now))))

    def query(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """See `Provider.query`. Frozen and pre-authorised orders are not paid."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            order = _order(settings, attempt.number, now)
            status = order.get("status", "")
            if status == schemas.PAID:
                return paid(_fact(account, order, attempt.number, "query", now))
            if status == schemas.REFUNDED:
                return Rejected("refunded")
            if status in (schemas.UNPAID, schemas.FROZEN, schemas.PRE_AUTHORISED):
                return Pending(order.get("trade_no", "")[:64])
            return Unknown("bad_status")

        return _asked(ask)

    def close(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """v2 only."""
        settings = Settings.of(account)
        if settings.version == "v1":
            return Rejected(UNSUPPORTED)
        fields = {"out_trade_no": attempt.number}
        return _guarded(lambda: _done(client.call_v2(settings, "api/pay/close", fields, now), ""))

    def refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:
        """v1: done with the reply. v2: accepted with the reply; `query_refund` tells the end."""
        settings = Settings.of(account)
        fields = {"money": refund.amount.as_decimal_string()}
        if schemas.is_channel_number(refund.channel_ref):
            fields["trade_no"] = refund.channel_ref
        else:
            fields["out_trade_no"] = refund.payment_number
        if settings.version == "v1":
            fields |= {"pid": settings.pid, "key": settings.key}
            return _guarded(lambda: _done(client.call_v1(settings, "api.php?act=refund", fields), refund.number))
        fields["out_refund_no"] = refund.number

        def ask() -> Outcome:
            reply = client.call_v2(settings, "api/pay/refund", fields, now)
            _same(reply, "out_refund_no", refund.number)
            return Pending(reply.get("refund_no", "")[:64])

        return _guarded(ask)

    def query_refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:
        """v2: by our refund number. v1: by the state of the order, as far as that tells."""
        settings = Settings.of(account)
        if settings.version == "v1":
            return _guarded(lambda: _refund_by_order(_known_order(settings, refund.payment_number, now), refund))
        fields = {"out_refund_no": refund.number}

        def ask() -> Outcome:
            reply = client.call_v2(settings, "api/pay/refundquery", fields, now)
            _same(reply, "out_refund_no", refund.number)
            if schemas.money(reply.get("money", ""), refund.amount.currency) not in (None, refund.amount):
                return Unknown("other_amount")
            return _refund_state(reply)

        return _asked(ask)

    def parse_notify(self, account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:
        """See `Provider.parse_notify`: signature, merchant, freshness (v2), state, number and amount, in this order."""
        settings = Settings.of(account)
        fields = schemas.form_fields(raw)
        _check_signature(settings, fields)
        our_ref = fields.get("out_trade_no", "")
        if not schemas.is_number(our_ref):
            raise NotifyProblem("bad_number", authentic=True)
        if fields.get("pid") != settings.pid:
            # v2: the platform's key is the same for all its merchants, so somebody else's notify verifies.
            raise NotifyProblem("foreign_merchant", authentic=True, our_ref=our_ref)
        if settings.version == "v2" and not client.is_fresh(fields.get("timestamp", ""), now):
            raise NotifyProblem("stale_timestamp")
        status = fields.get("trade_status", "")
        trade_no, money = fields.get("trade_no", ""), fields.get("money", "")
        if not schemas.is_channel_number(trade_no):
            raise NotifyProblem("bad_trade_number", authentic=True, our_ref=our_ref)
        if schemas.money(money, account.currency) is None:
            raise NotifyProblem("bad_amount", authentic=True, our_ref=our_ref)
        facts: tuple[Fact, ...] = ()
        if status == "TRADE_SUCCESS":
            facts = (_fact(account, fields, our_ref, "notify", now),)
        return ParsedNotify(f"{trade_no}:{status[:32]}:{our_ref}:{money}", our_ref, facts)


def cut(text: str, limit: int) -> str:
    """The longest beginning of `text` within `limit` bytes of UTF-8, without control characters."""
    clean = "".join(c for c in text if c.isprintable())
    return clean.encode()[:limit].decode(errors="ignore")


def _guarded(ask: Callable[[], Outcome]) -> Outcome:
    """Run a call; whatever goes wrong becomes one of the four outcomes, without secrets in it."""
    try:
        return ask()
    except http.NotSent:
        return Unknown(NOT_SENT)
    except http.NoAnswer as problem:
        return Unknown(problem.reason)
    except BadReply as problem:
        return Unknown(problem.reason)
    except client.Refused as problem:
        return Rejected(NOT_FOUND if _says_not_found(problem.text) else REFUSED, problem.text)


def _asked(ask: Callable[[], Outcome]) -> Outcome:
    """Run a question: a refusal to answer (bad clock, wrong key, too many calls) tells nothing about the money."""
    outcome = _guarded(ask)
    if isinstance(outcome, Rejected) and outcome.code == REFUSED:
        return Unknown(REFUSED)
    return outcome


def _says_not_found(text: str) -> bool:
    return "不存在" in text or "not exist" in text.lower() or "not found" in text.lower()


def _order(settings: Settings, number: str, now: datetime) -> dict[str, str]:
    fields = {"out_trade_no": number}
    if settings.version == "v2":
        order = client.call_v2(settings, "api/pay/query", fields, now)
    else:
        fields |= {"pid": settings.pid, "key": settings.key}
        order = client.call_v1(settings, "api.php?act=order", fields, by_post=settings.query_by_post)
    _same(order, "out_trade_no", number)
    if order.get("pid", settings.pid) != settings.pid:
        raise BadReply("foreign_merchant")
    return order


def _known_order(settings: Settings, number: str, now: datetime) -> dict[str, str]:
    """An order that was paid: a gateway that denies it answers nothing that may send money a second time."""
    try:
        return _order(settings, number, now)
    except client.Refused:
        raise BadReply(REFUSED) from None


def _same(reply: dict[str, str], name: str, ours: str) -> None:
    """A signed reply about something else is a replay."""
    if reply.get(name) != ours:
        raise BadReply("other_number")


def _fact(account: Account, fields: dict[str, str], number: str, source: FactSource, now: datetime) -> Fact:
    trade_no = fields.get("trade_no", "")
    amount = schemas.money(fields.get("money", ""), account.currency)
    if not schemas.is_channel_number(trade_no) or amount is None:
        raise BadReply("bad_fact")
    happened_at = schemas.beijing_time(fields.get("endtime", ""))
    return Fact(
        kind="paid",
        provider="epay",
        account_id=account.id,
        our_ref=number,
        channel_ref=trade_no,
        amount=amount,
        # A gateway's clock may be wrong; money never arrives in the future.
        happened_at=min(happened_at, now) if happened_at else now,
        source=source,
    )


def _check_signature(settings: Settings, fields: dict[str, str]) -> None:
    signature, sign_type = fields.get("sign", ""), fields.get("sign_type", "")
    if not signature:
        raise NotifyProblem("unsigned")
    if settings.version == "v1":
        good = sign_type in ("", "MD5") and signing.md5_verify(
            fields, signature, settings.key, key_param=settings.key_param
        )
    else:
        good = sign_type == "RSA" and signing.rsa_verify(fields, signature, settings.platform_key)
    if not good:
        raise NotifyProblem("bad_signature")


def _created_v1(reply: dict[str, str]) -> Outcome:
    ref = reply.get("trade_no", "")[:64]
    if qrcode := reply.get("qrcode", ""):
        return created(Instruction("qr", qrcode[:2048]), ref)
    url = reply.get("payurl", "") or reply.get("urlscheme", "")
    return created(Instruction("redirect", url), ref) if _may_open(url) else Unknown("no_link")


def _created_v2(reply: dict[str, str]) -> Outcome:
    ref, info = reply.get("trade_no", "")[:64], reply.get("pay_info", "")
    if reply.get("pay_type") == "qrcode" and info:
        return created(Instruction("qr", info[:2048]), ref)
    # `html` is refused: the gateway's markup is never put into our pages.
    if reply.get("pay_type") in ("jump", "urlscheme") and _may_open(info):
        return created(Instruction("redirect", info), ref)
    return Unknown("no_link")


def _may_open(url: str) -> bool:
    """A link that we may send a browser to: the web, or a payment app; never `javascript:` and the like."""
    return len(url) <= 2048 and url.isprintable() and urlsplit(url).scheme in APP_SCHEMES | {"http", "https"}


def _done(reply: dict[str, str], ref: str) -> Outcome:
    return Succeeded(ref=reply.get("refund_no", "")[:64] or ref)


def _refund_state(reply: dict[str, str]) -> Outcome:
    status, ref = reply.get("status", ""), reply.get("refund_no", "")[:64]
    if status == "1":
        return Succeeded(ref=ref)
    if status == "0":
        return Rejected("refund_failed", reply.get("msg", ""))
    return Pending(ref)


def _refund_by_order(order: dict[str, str], refund: RefundAttempt) -> Outcome:
    """v1: `refundmoney`, where the gateway tells it, is exact; else only a first refund of a refunded order is."""
    told = order.get("refundmoney", "")
    if told:
        try:
            given_back = Money.parse(told[:16], refund.amount.currency)
        except ValueError:
            return Unknown("bad_reply")
        if given_back >= refund.refunded_before + refund.amount:
            return Succeeded(ref=refund.number)
        return Rejected(NOT_FOUND) if given_back == refund.refunded_before else Unknown(AMBIGUOUS)
    if order.get("status") == schemas.REFUNDED and refund.refunded_before.amount_minor == 0:
        return Succeeded(ref=refund.number)
    return Unknown(AMBIGUOUS)
