"""Notices of WeChat Pay: signed over the raw body, sealed inside. Payments, refunds and splits by one address each."""

import re
from datetime import datetime
from typing import Any, Final

from goodfor.payments.providers.base import Account, NotifyProblem, ParsedNotify
from goodfor.payments.providers.wechat import keys, shapes, signing
from goodfor.payments.providers.wechat.client import fetch_certificates
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.providers.wechat.shapes import BadReply
from goodfor.payments.types import Fact, FactKind, RawRequest

MAX_BYTES: Final = 64 * 1024
_EVENT_ID = re.compile(r"[0-9A-Za-z_-]{1,128}")
#: Somebody signed, or ended, a contract to be charged by. Its own word moves nothing: it is asked about.
_CONTRACTS: Final = frozenset({"ENTRUST.SIGN", "ENTRUST.TERMINATE"})
_SEALED: Final = "AEAD_AES_256_GCM"
#: What a refund's notice says of it; it is asked about all the same.
_REFUNDS: Final[dict[str, FactKind]] = {
    "REFUND.SUCCESS": "refunded",
    "REFUND.ABNORMAL": "refund_failed",
    "REFUND.CLOSED": "refund_failed",
}


def parse(account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:
    """Verify, unseal and read. Raises NotifyProblem; `signtest` for WeChat's own probes, which nobody need see."""
    mine = Settings.of(account)
    if raw.method != "POST" or not 0 < len(raw.body) <= MAX_BYTES:
        raise NotifyProblem("malformed")
    try:
        keys.verify(mine, {name.lower(): value for name, value in raw.headers.items()}, raw.body, now, _fetch)
    except BadReply as problem:
        raise NotifyProblem(problem.reason) from None
    try:
        event = shapes.read_object(raw.body)
    except ValueError:
        raise NotifyProblem("malformed", authentic=True) from None
    event_id, kind = event.get("id"), shapes.text(event, "event_type", 40)
    if not isinstance(event_id, str) or not _EVENT_ID.fullmatch(event_id):
        raise NotifyProblem("bad_event_number", authentic=True)
    said = _unsealed(mine, shapes.inner(event, "resource"))
    if said.get("mchid", mine.mchid) != mine.mchid:
        raise NotifyProblem("foreign_merchant", authentic=True, our_ref=_number(said, "out_trade_no"))
    if kind == "TRANSACTION.SUCCESS":
        return ParsedNotify(event_id, _number(said, "out_trade_no"), (_paid(account, mine, said, now),))
    if kind in _CONTRACTS:
        return ParsedNotify(event_id, _number(said, "out_contract_code"), ())
    if kind == "TRANSACTION.FAIL":
        # A charge by contract that came to nothing: it is asked about.
        return ParsedNotify(event_id, _number(said, "out_trade_no"), ())
    if kind in _REFUNDS:
        return _refund(account, event_id, _REFUNDS[kind], said, now)
    return ParsedNotify(event_id, "", ())


def _fetch(settings: Settings, now: datetime) -> tuple[keys.PlatformCertificate, ...]:
    return fetch_certificates(settings, now)


def _unsealed(mine: Settings, resource: dict[str, Any]) -> dict[str, Any]:
    """What lies in the sealed part."""
    parts = [resource.get(name) or "" for name in ("nonce", "associated_data", "ciphertext")]
    if resource.get("algorithm") != _SEALED or not all(isinstance(part, str) for part in parts):
        raise NotifyProblem("malformed", authentic=True)
    try:
        return shapes.read_object(signing.unseal(mine.apiv3_key, *parts))
    except ValueError:
        # Signed by WeChat, sealed with another key than ours: the key was changed, or it is not for us.
        raise NotifyProblem("cannot_unseal", authentic=True) from None


def _number(said: dict[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) and shapes.is_number(value) else ""


def _paid(account: Account, mine: Settings, said: dict[str, Any], now: datetime) -> Fact:
    our_ref = _number(said, "out_trade_no")
    if not mine.owns(said.get("mchid"), said.get("appid")):
        raise NotifyProblem("foreign_merchant", authentic=True, our_ref=our_ref)
    if shapes.text(said, "trade_state", 32) not in shapes.PAID_STATES:
        raise NotifyProblem("not_paid", authentic=True, our_ref=our_ref)
    try:
        return shapes.paid_fact(account, mine, said, "notify", now)
    except BadReply:
        raise NotifyProblem("bad_amount", authentic=True, our_ref=our_ref) from None


def _refund(
    account: Account, event_id: str, kind: FactKind, said: dict[str, Any], now: datetime
) -> ParsedNotify:  # fmt: skip
    number, ref = said.get("out_refund_no"), said.get("refund_id")
    amount = shapes.fen(shapes.inner(said, "amount"), "refund")
    if not isinstance(number, str) or not isinstance(ref, str) or amount is None:
        raise NotifyProblem("bad_amount", authentic=True, our_ref=_number(said, "out_trade_no"))
    if not shapes.is_long_number(number) or not shapes.is_long_number(ref):
        raise NotifyProblem("bad_number", authentic=True)
    happened_at = shapes.moment(said.get("success_time"))
    fact = Fact(
        kind=kind,
        provider="wechat",
        account_id=account.id,
        our_ref=number,
        channel_ref=ref,
        amount=amount,
        happened_at=min(happened_at, now) if happened_at else now,
        source="notify",
        parent_ref=shapes.text(said, "transaction_id", 64),
    )
    return ParsedNotify(event_id, number, (fact,))
