"""Notifications of Alipay: one address, the payment's, for payments, refunds and closings alike.

A partial refund comes as TRADE_SUCCESS and a full one as TRADE_CLOSED, both with gmt_refund; a trade that ran out of
time comes as TRADE_CLOSED without. So a status alone never tells that money came.
"""

import re
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from goodfor.kernel.money import Money
from goodfor.payments.providers.alipay import signing
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.shapes import (
    beijing_time,
    is_channel_number,
    is_number,
    positive_yuan,
    yuan,
)
from goodfor.payments.providers.base import Account, NotifyProblem, ParsedNotify
from goodfor.payments.types import Fact, FactKind, RawRequest

MAX_BYTES: Final = 64 * 1024
MAX_FIELDS: Final = 128
#: Alipay repeats for about a day; a notification is asked about anyway, so this only keeps what is absurd away.
OLDEST: Final = timedelta(days=3)
AHEAD: Final = timedelta(minutes=15)
_NOTIFY_ID = re.compile(r"[0-9A-Za-z_-]{1,128}")
#: Somebody signed, or ended, an agreement to be charged by. Its own word moves nothing: it is asked about.
_AGREEMENTS: Final = frozenset({"dut_user_sign", "dut_user_unsign"})
_PAID: Final = ("TRADE_SUCCESS", "TRADE_FINISHED")


def parse(account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:
    """Verify and read. Raises NotifyProblem; checked in order: shape, signature, time, whose it is, number, amount."""
    settings = Settings.of(account)
    fields = form_fields(raw)
    _check_signature(settings, fields, now)
    _check_time(fields, now)
    our_ref = fields.get("external_agreement_no" if _is_agreement(fields) else "out_trade_no", "")
    our_ref = our_ref if is_number(our_ref) else ""
    _check_owner(settings, fields, our_ref)
    if fields.get("notify_type") != "trade_status_sync":
        return ParsedNotify(_event_key(fields), our_ref, ())
    if not our_ref:
        raise NotifyProblem("bad_number", authentic=True)
    if not is_channel_number(fields.get("trade_no", "")):
        raise NotifyProblem("bad_trade_number", authentic=True, our_ref=our_ref)
    total = positive_yuan(fields.get("total_amount", ""))
    if total is None:
        raise NotifyProblem("bad_amount", authentic=True, our_ref=our_ref)
    return ParsedNotify(_event_key(fields), our_ref, _facts(account, fields, our_ref, total, now))


def form_fields(raw: RawRequest) -> dict[str, str]:
    """The parameters of a form POST. Raises NotifyProblem; a name that comes twice is refused."""
    if raw.method != "POST" or not raw.body:
        raise NotifyProblem("malformed")
    if len(raw.body) > MAX_BYTES:
        raise NotifyProblem("too_large")
    try:
        pairs = parse_qsl(
            raw.body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MAX_FIELDS,
        )
    except (UnicodeDecodeError, ValueError):
        raise NotifyProblem("malformed") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise NotifyProblem("duplicate_parameter")
    if any("\x00" in k or "\x00" in v for k, v in pairs):
        raise NotifyProblem("malformed")
    return fields


def _check_signature(settings: Settings, fields: dict[str, str], now: datetime) -> None:
    if not fields.get("sign"):
        raise NotifyProblem("unsigned")
    if fields.get("sign_type") != signing.SIGN_TYPE:
        raise NotifyProblem("bad_sign_type")
    keys = settings.trusted_keys(fields.get("alipay_cert_sn", ""), now)
    if not keys:
        raise NotifyProblem("untrusted_certificate")
    if not signing.verify_notify(fields, keys):
        raise NotifyProblem("bad_signature")


def _check_time(fields: dict[str, str], now: datetime) -> None:
    sent = beijing_time(fields.get("notify_time", ""))
    if sent is None or not now - OLDEST <= sent <= now + AHEAD:
        raise NotifyProblem("stale_timestamp")


def _check_owner(settings: Settings, fields: dict[str, str], our_ref: str) -> None:
    """Alipay may sign with one key for many merchants, so somebody else's notification verifies."""
    # What tells of an agreement names no seller, or names him as a partner.
    seller = fields.get("partner_id", settings.seller_id) if _is_agreement(fields) else fields.get("seller_id")
    ours = fields.get("app_id") == settings.app_id and seller == settings.seller_id
    acting_for = fields.get("auth_app_id", "")
    expected = settings.auth_app_id or ("" if settings.app_auth_token else settings.app_id)
    if not ours or (acting_for and expected and acting_for != expected):
        raise NotifyProblem("foreign_merchant", authentic=True, our_ref=our_ref)
    if not _NOTIFY_ID.fullmatch(fields.get("notify_id", "")):
        raise NotifyProblem("bad_event_number", authentic=True, our_ref=our_ref)


def _event_key(fields: dict[str, str]) -> str:
    return f"{fields['notify_id']}:{fields.get('trade_status', '')[:24]}"


def _is_agreement(fields: dict[str, str]) -> bool:
    return fields.get("notify_type") in _AGREEMENTS


def _facts(account: Account, fields: dict[str, str], our_ref: str, total: Money, now: datetime) -> tuple[Fact, ...]:
    status, trade_no = fields.get("trade_status", ""), fields["trade_no"]

    def fact(kind: FactKind, ref: str, amount: Money, time_name: str) -> Fact:
        happened_at = beijing_time(fields.get(time_name, ""))
        return Fact(
            kind=kind,
            provider="alipay",
            account_id=account.id,
            our_ref=ref,
            channel_ref=trade_no,
            amount=amount,
            happened_at=min(happened_at, now) if happened_at else now,
            source="notify",
            parent_ref=trade_no if kind == "refunded" else "",
        )

    if status in ("TRADE_SUCCESS", "TRADE_CLOSED") and _is_refund(fields, our_ref):
        refund_ref = fields.get("out_biz_no", "")
        refunded = positive_yuan(fields.get("refund_fee", ""))
        if refunded is None:
            raise NotifyProblem("bad_amount", authentic=True, our_ref=our_ref)
        # Without our refund's number (somebody used Alipay's own pages) there is nothing of ours to ask about.
        return (fact("refunded", refund_ref, refunded, "gmt_refund"),) if is_number(refund_ref) else ()
    if status in _PAID:
        return (fact("paid", our_ref, total, "gmt_payment"),)
    if status == "TRADE_CLOSED":
        return (fact("closed", our_ref, total, "gmt_close"),)
    return ()


def _is_refund(fields: dict[str, str], our_ref: str) -> bool:
    told = fields.get("refund_fee", "")
    amount = yuan(told) if told else None
    if told and amount is None:
        raise NotifyProblem("bad_amount", authentic=True, our_ref=our_ref)
    return bool(fields.get("gmt_refund")) or (amount is not None and amount.amount_minor > 0)
