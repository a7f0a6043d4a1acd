"""Royalties at Alipay (分账): a payment made with `royalty_freeze` stays frozen and is settled to its receivers.

Sync: all or nothing, done with the reply. Async: each share may fail on its own, and a query tells. Taking back goes
by a refund of nothing to the buyer that names the receiver. `out_request_no` is our number on every try.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded, Unknown
from goodfor.payments.providers.alipay import client
from goodfor.payments.providers.alipay.client import Refused, text_of
from goodfor.payments.providers.alipay.settings import Settings
from goodfor.payments.providers.alipay.shapes import is_channel_number, yuan
from goodfor.payments.providers.base import NOT_FOUND, Account
from goodfor.payments.providers.splits import (
    Receiver,
    ReturnAttempt,
    Share,
    ShareResult,
    ShareState,
    SplitAttempt,
    SplitLimits,
)

#: As the contract usually says; the percentage of an account is its `royalty_percent`.
LIMITS: Final[Mapping[str, SplitLimits]] = {
    "sync": SplitLimits(5, 50, 30, 0, 30),
    "async": SplitLimits(50, 300, 30, 0, 30),
}
_STATES: Final[Mapping[str, ShareState]] = {"SUCCESS": "succeeded", "FAIL": "failed", "PROCESSING": "pending"}
_USER_ID = re.compile(r"2088[0-9]{12}")
_LOGIN = re.compile(r"[^@\s]+@[^@\s]+|1[0-9]{10}")
_SETTLE = "alipay.trade.order.settle"


class AlipaySplitter:
    """`Splitter` for an account whose contract has royalties."""

    def split_limits(self, account: Account) -> SplitLimits:
        """What this account allows in one call and in all."""
        settings = Settings.of(account)
        limits = LIMITS[settings.royalty_mode]
        return SplitLimits(
            limits.receivers_per_call, limits.calls_per_payment, settings.royalty_percent, 0, limits.days
        )

    def bind_receiver(self, account: Account, receiver: Receiver, now: datetime) -> Outcome:
        """See `Splitter.bind_receiver`."""
        return _relation(account, "bind", receiver, now)

    def unbind_receiver(self, account: Account, receiver: Receiver, now: datetime) -> Outcome:
        """See `Splitter.unbind_receiver`."""
        return _relation(account, "unbind", receiver, now)

    def split(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """See `Splitter.split`. Refused before anything is sent: no trade number, too many or doubled receivers."""
        settings = Settings.of(account)
        problem = _problem(settings, split)
        return Rejected(problem) if problem else _settle(settings, split, now)

    def query_split(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """See `Splitter.query_split`."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            content = {"trade_no": split.channel_ref, "out_request_no": split.number}
            reply = client.call(settings, "alipay.trade.order.settle.query", content, now)
            client.require_same(reply, "out_request_no", split.number)
            return _results(reply.get("royalty_detail_list"), split.shares)

        return client.guarded(ask, _not_there)

    def unfreeze(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """A settlement without shares that is the last one."""
        if not is_channel_number(split.channel_ref):
            return Rejected("no_trade_number")
        last = SplitAttempt(split.number, split.payment_number, split.channel_ref, (), finish=True, note=split.note)
        return _settle(Settings.of(account), last, now)

    def unsplit(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """See `Splitter.unsplit`."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            content = {"trade_no": split.channel_ref}
            reply = client.call(settings, "alipay.trade.order.onsettle.query", content, now)
            amount = yuan(text_of(reply, "unsettled_amount"))
            return Unknown("bad_reply") if amount is None else Succeeded(data={"amount": amount})

        return client.guarded(ask, _not_there)

    def return_split(self, account: Account, back: ReturnAttempt, now: datetime) -> Outcome:
        """See `Splitter.return_split`. The buyer's part is zero, whatever the receiver gives back."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            share = {
                "royalty_type": "transfer",
                "trans_out": back.receiver.account,
                "trans_out_type": _kind(back.receiver),
                "trans_in": settings.seller_id,
                "trans_in_type": "userId",
                "amount": back.amount.as_decimal_string(),
                "desc": back.note[:100],
            }
            content = {
                "trade_no": back.channel_ref,
                "refund_amount": "0.00",
                "out_request_no": back.number,
                "refund_royalty_parameters": [_filled(share)],
            }
            reply = client.call(settings, "alipay.trade.refund", content, now)
            client.require_same(reply, "trade_no", back.channel_ref)
            return Pending(back.number)

        return client.guarded(ask, client.rejected)

    def query_return(self, account: Account, back: ReturnAttempt, now: datetime) -> Outcome:
        """See `Splitter.query_return`."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            content = {
                "trade_no": back.channel_ref,
                "out_request_no": back.number,
                "query_options": ["refund_royaltys"],
            }
            reply = client.call(settings, "alipay.trade.fastpay.refund.query", content, now)
            if not text_of(reply, "refund_status"):
                return Rejected(NOT_FOUND)
            client.require_same(reply, "out_request_no", back.number)
            client.require_same(reply, "trade_no", back.channel_ref)
            return _returned(reply, back)

        return client.guarded(ask, _not_there)


def _kind(receiver: Receiver) -> str:
    if _USER_ID.fullmatch(receiver.account):
        return "userId"
    return "loginName" if _LOGIN.fullmatch(receiver.account) else "openId"


def _filled(fields: Mapping[str, str]) -> dict[str, str]:
    return {k: v for k, v in fields.items() if v != ""}


def _relation(account: Account, verb: str, receiver: Receiver, now: datetime) -> Outcome:
    settings = Settings.of(account)
    one = {"type": _kind(receiver), "account": receiver.account, "name": receiver.name, "memo": receiver.relation}
    # With the time in it: a receiver may be bound again after it was unbound.
    seed = f"{verb}:{settings.app_id}:{receiver.account}:{now.isoformat()}"
    content = {
        "receiver_list": [_filled(one)],
        "out_request_no": hashlib.sha256(seed.encode()).hexdigest()[:32],
    }

    def ask() -> Outcome:
        reply = client.call(settings, f"alipay.trade.royalty.relation.{verb}", content, now)
        return Succeeded() if text_of(reply, "result_code") in ("", "SUCCESS") else Unknown("bad_status")

    return client.guarded(ask, client.rejected)


def _problem(settings: Settings, split: SplitAttempt) -> str:
    accounts = [share.receiver.account for share in split.shares]
    if not is_channel_number(split.channel_ref):
        return "no_trade_number"
    if not accounts and not split.finish:
        return "no_receivers"
    if len(accounts) > LIMITS[settings.royalty_mode].receivers_per_call:
        return "too_many_receivers"
    if len(set(accounts)) != len(accounts):
        return "receiver_twice"
    if any(share.amount.currency != "CNY" or share.amount.amount_minor <= 0 for share in split.shares):
        return "bad_amount"
    return ""


def _settle(settings: Settings, split: SplitAttempt, now: datetime) -> Outcome:
    content: dict[str, Any] = {
        "out_request_no": split.number,
        "trade_no": split.channel_ref,
        "royalty_parameters": [_royalty(settings, share) for share in split.shares],
        "royalty_mode": settings.royalty_mode,
    }
    if split.finish:
        content["extend_params"] = {"royalty_finish": "true"}

    def ask() -> Outcome:
        reply = client.call(settings, _SETTLE, content, now)
        client.require_same(reply, "trade_no", split.channel_ref)
        if settings.royalty_mode == "async" and split.shares:
            return Pending(text_of(reply, "settle_no")[:64])
        done = tuple(ShareResult(one.receiver.account, one.amount, "succeeded") for one in split.shares)
        return Succeeded(ref=text_of(reply, "settle_no")[:64], data={"results": done})

    return client.guarded(ask, client.rejected)


def _royalty(settings: Settings, share: Share) -> dict[str, str]:
    return _filled({
        "royalty_type": "transfer",
        "trans_out": settings.seller_id,
        "trans_out_type": "userId",
        "trans_in": share.receiver.account,
        "trans_in_type": _kind(share.receiver),
        "amount": share.amount.as_decimal_string(),
        "desc": share.note[:100],
    })  # fmt: skip


def _results(rows: object, shares: tuple[Share, ...]) -> Outcome:
    """Each share's own row, by receiver and amount; a share without one leaves the end unknown."""
    found: dict[tuple[str, Money | None], Mapping[str, Any]] = {}
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict):
            return Unknown("bad_reply")
        key = text_of(row, "trans_in"), yuan(text_of(row, "amount"))
        if key in found:
            return Unknown("ambiguous")
        found[key] = row
    results = []
    for share in shares:
        own = found.get((share.receiver.account, share.amount), {})
        state = _STATES.get(text_of(own, "state"))
        if state is None:
            return Unknown("bad_reply")
        code, ref = text_of(own, "error_code")[:64], text_of(own, "detail_id")[:64]
        results.append(ShareResult(share.receiver.account, share.amount, state, code, ref))
    if any(result.state == "pending" for result in results):
        return Pending()
    return Succeeded(data={"results": tuple(results)})


def _returned(reply: Mapping[str, Any], back: ReturnAttempt) -> Outcome:
    """Done when the refund is, nothing of it went to the buyer, and its royalties, where told, are what we asked."""
    buyers = yuan(text_of(reply, "refund_amount"))
    if text_of(reply, "refund_status") != "REFUND_SUCCESS":
        return Unknown("bad_status")
    if buyers is not None and buyers.amount_minor:
        return Unknown("other_amount")
    rows = reply.get("refund_royaltys")
    for row in rows if isinstance(rows, list) else []:
        if not isinstance(row, dict) or text_of(row, "trans_out") not in ("", back.receiver.account):
            return Unknown("bad_reply")
        if text_of(row, "result_code") not in ("", "SUCCESS"):
            return Pending()
        if yuan(text_of(row, "refund_amount")) not in (None, back.amount):
            return Unknown("other_amount")
    return Succeeded(ref=back.number)


def _not_there(problem: Refused) -> Outcome:
    """The same number may be sent again without harm, so a number that is not known is just that."""
    unknown = problem.code == "40004" and problem.sub_code.endswith("NOT_EXIST")
    return Rejected(NOT_FOUND) if unknown else Unknown(client.REFUSED)
