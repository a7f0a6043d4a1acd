"""Splits at WeChat Pay (分账): a payment made with `profit_sharing` stays frozen and is shared out in fen.

All of it ends later: a query tells what became of each share. Our number is the same on every try. What was shared
comes back from merchants only, and apart from refunds.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from goodfor.kernel.outcomes import Outcome, Rejected, Succeeded, Unknown
from goodfor.payments.providers.base import NO_FUNDS, Account
from goodfor.payments.providers.splits import Receiver, ReturnAttempt, SplitAttempt, SplitLimits
from goodfor.payments.providers.wechat import client, keys, shapes, signing
from goodfor.payments.providers.wechat.client import UNKNOWN_NUMBER, Caller, Refused
from goodfor.payments.providers.wechat.settings import Settings
from goodfor.payments.providers.wechat.shapes import BadReply
from goodfor.payments.providers.wechat.share_results import kind_of, returned, splitted

#: 30 percent unless the console says otherwise; a minute after the payment; frozen for 30 days.
LIMITS: Final = SplitLimits(50, 50, 30, 60, 30)
RELATIONS: Final = frozenset({
    "SERVICE_PROVIDER", "STORE", "STAFF", "STORE_OWNER", "PARTNER", "HEADQUARTER", "BRAND", "DISTRIBUTOR", "USER",
    "SUPPLIER",
})  # fmt: skip
_CUSTOM_LETTERS: Final = 10
_NOTE_BYTES: Final = 80
_NOTE: Final = "分账"
_TOO_LITTLE: Final = frozenset({"NOT_ENOUGH", "BALANCE_NOT_ENOUGH"})
_SPLIT, _BACK = "/v3/profitsharing/orders", "/v3/profitsharing/return-orders"
_RECEIVERS, _PAYMENTS = "/v3/profitsharing/receivers", "/v3/profitsharing/transactions"


class WechatSplitter:
    """`Splitter` for a merchant that may split."""

    def split_limits(self, account: Account) -> SplitLimits:
        """What is allowed in one call and in all."""
        return replace(LIMITS, percent_of_payment=Settings.of(account).split_percent)

    def bind_receiver(self, account: Account, receiver: Receiver, now: datetime) -> Outcome:
        """See `Splitter.bind_receiver`. The name goes encrypted; a merchant must have one."""
        settings = Settings.of(account)
        if receiver.kind == "merchant" and not receiver.name:
            return Rejected("name_missing")

        def ask() -> Outcome:
            fields: dict[str, Any] = {**_receiver(settings, receiver), **_relation(receiver.relation)}
            serial = ""
            if receiver.name:
                serial, key = keys.key_for_secrets(settings, now, client.fetch_certificates)
                fields["name"] = _sealed(receiver.name, key)
            reply = Caller(settings, now).post(f"{_RECEIVERS}/add", fields, serial)
            _require(reply, "account", receiver.account)
            return Succeeded()

        return client.guarded(lambda: _quietly(ask))

    def unbind_receiver(self, account: Account, receiver: Receiver, now: datetime) -> Outcome:
        """See `Splitter.unbind_receiver`."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            try:
                reply = Caller(settings, now).post(f"{_RECEIVERS}/delete", _receiver(settings, receiver))
            except Refused as no:
                if no.proven and no.code in UNKNOWN_NUMBER:
                    return Succeeded()
                raise
            _require(reply, "account", receiver.account)
            return Succeeded()

        return client.guarded(lambda: _quietly(ask))

    def split(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """See `Splitter.split`. Refused before anything is sent: bad numbers, too many or doubled receivers."""
        if split.finish and not split.shares:
            return self.unfreeze(account, split, now)
        settings = Settings.of(account)
        problem = _problem(settings, split)
        if problem:
            return Rejected(problem)
        fields = {
            "appid": settings.appid,
            "transaction_id": split.channel_ref,
            "out_order_no": split.number,
            "receivers": [
                {
                    "type": kind_of(share.receiver),
                    "account": share.receiver.account,
                    "amount": share.amount.amount_minor,
                    "description": _note(share.note, split.note),
                }
                for share in split.shares
            ],
            "unfreeze_unsplit": split.finish,
        }
        return _ordered(lambda: splitted(Caller(settings, now).post(_SPLIT, fields), split))

    def query_split(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """See `Splitter.query_split`."""
        settings = Settings.of(account)
        path = f"{_SPLIT}/{_quoted(split.number)}?transaction_id={_quoted(split.channel_ref)}"
        return client.guarded(lambda: splitted(Caller(settings, now).get(path), split))

    def unfreeze(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """See `Splitter.unfreeze`. A split of its own, with a number of its own, that names nobody."""
        settings = Settings.of(account)
        problem = _wrong_numbers(split)
        if problem:
            return Rejected(problem)
        fields = {
            "transaction_id": split.channel_ref,
            "out_order_no": split.number,
            "description": _note(split.note),
        }
        alone = SplitAttempt(split.number, split.payment_number, split.channel_ref, (), finish=True)
        return _ordered(lambda: splitted(Caller(settings, now).post(f"{_SPLIT}/unfreeze", fields), alone))

    def unsplit(self, account: Account, split: SplitAttempt, now: datetime) -> Outcome:
        """See `Splitter.unsplit`."""
        settings = Settings.of(account)

        def ask() -> Outcome:
            reply = Caller(settings, now).get(f"{_PAYMENTS}/{_quoted(split.channel_ref)}/amounts")
            _require(reply, "transaction_id", split.channel_ref)
            amount = shapes.fen(reply, "unsplit_amount", zero=True)
            return Unknown("bad_reply") if amount is None else Succeeded(data={"amount": amount})

        return client.guarded(ask)

    def return_split(self, account: Account, back: ReturnAttempt, now: datetime) -> Outcome:
        """See `Splitter.return_split`. Only merchants give back."""
        settings = Settings.of(account)
        if back.receiver.kind != "merchant":
            return Rejected("receiver_is_person")
        if not shapes.is_long_number(back.number) or not shapes.is_long_number(back.split_number):
            return Rejected("bad_number")
        if back.amount.currency != "CNY" or back.amount.amount_minor <= 0:
            return Rejected("bad_amount")
        fields = {
            "out_order_no": back.split_number,
            "out_return_no": back.number,
            "return_mchid": back.receiver.account,
            "amount": back.amount.amount_minor,
            "description": _note(back.note),
        }
        return _ordered(lambda: returned(Caller(settings, now).post(_BACK, fields), back))

    def query_return(self, account: Account, back: ReturnAttempt, now: datetime) -> Outcome:
        """See `Splitter.query_return`."""
        settings = Settings.of(account)
        path = f"{_BACK}/{_quoted(back.number)}?out_order_no={_quoted(back.split_number)}"
        return client.guarded(lambda: returned(Caller(settings, now).get(path), back))


def _ordered(ask: Callable[[], Outcome]) -> Outcome:
    """Run an order: a proven refusal is final, whatever its code; an unproven one tells nothing."""

    def run() -> Outcome:
        try:
            return ask()
        except Refused as no:
            if not no.proven:
                raise
            return Rejected(NO_FUNDS if no.code in _TOO_LITTLE else no.reason, no.text)

    return client.guarded(run)


def _quietly(ask: Callable[[], Outcome]) -> Outcome:
    """As an order; but what WeChat says about a receiver may quote its name, so only the code is kept."""
    try:
        return ask()
    except Refused as no:
        if not no.proven:
            raise
        return Rejected(no.reason)


def _receiver(settings: Settings, receiver: Receiver) -> dict[str, str]:
    return {"appid": settings.appid, "type": kind_of(receiver), "account": receiver.account}


def _relation(relation: str) -> dict[str, str]:
    if relation in RELATIONS:
        return {"relation_type": relation}
    return {"relation_type": "CUSTOM", "custom_relation": relation[:_CUSTOM_LETTERS]}


def _sealed(name: str, key: str) -> str:
    try:
        return signing.encrypt_field(name, key)
    except ValueError:
        raise BadReply("name_not_encrypted") from None


def _require(reply: dict[str, Any], name: str, ours: str) -> None:
    if reply.get(name) != ours:
        raise BadReply("other_number")


def _quoted(number: str) -> str:
    return quote(number, safe="")


def _note(*texts: str) -> str:
    return next((cut for text in texts if (cut := shapes.cut(text, _NOTE_BYTES))), _NOTE)


def _wrong_numbers(split: SplitAttempt) -> str:
    if not shapes.is_long_number(split.channel_ref):
        return "no_trade_number"
    return "" if shapes.is_long_number(split.number) else "bad_number"


def _problem(settings: Settings, split: SplitAttempt) -> str:
    accounts = [share.receiver.account for share in split.shares]
    wrong = _wrong_numbers(split)
    if wrong:
        return wrong
    if not accounts:
        return "no_receivers"
    if len(accounts) > LIMITS.receivers_per_call:
        return "too_many_receivers"
    if len(set(accounts)) != len(accounts):
        return "receiver_twice"
    if settings.mchid in accounts:
        return "receiver_is_payer"
    if any(share.amount.currency != "CNY" or share.amount.amount_minor <= 0 for share in split.shares):
        return "bad_amount"
    return ""
