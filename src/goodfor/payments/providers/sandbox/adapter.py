"""The sandbox channel as a provider. Off unless settings.GOODFOR_SANDBOX_PROVIDER: then every call is refused."""

import json
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded
from goodfor.payments.models import SandboxTrade
from goodfor.payments.operations import sandbox_books
from goodfor.payments.providers.base import (
    NOT_FOUND,
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
from goodfor.payments.providers.sandbox import signing
from goodfor.payments.types import Fact, Instruction, RawRequest

OFF = "sandbox_is_off"
_CAPABILITIES = Capabilities(
    in_process=True, can_close=True, can_query_refund=True, refund_repeatable=True, local_create=False
)


def is_on() -> bool:
    """Whether this installation has the sandbox channel at all."""
    return bool(getattr(settings, "GOODFOR_SANDBOX_PROVIDER", False))


class SandboxProvider:
    """Keeps its books in `payments_sandbox_trade`."""

    def capabilities(self, account: Account) -> Capabilities:  # noqa: ARG002
        """See `Capabilities`."""
        return _CAPABILITIES

    def check(self, account: Account) -> None:
        """Needs `page_url` (where `pages.pay_page` is mounted) and a secret of 16 characters."""
        if not is_on():
            raise ConfigProblem("provider", OFF)
        if not str(account.config.get("page_url", "")).startswith(("http://", "https://", "/")):
            raise ConfigProblem("page_url", "missing")
        if len(account.secrets.get("secret", "")) < 16:
            raise ConfigProblem("secret", "too_short")

    def create(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """A link to the local page."""
        if not is_on():
            return Rejected(OFF)
        sandbox_books.open_trade(
            shop_id=account.shop_id, account_id=account.id, number=attempt.number, amount=attempt.amount
        )
        token = signing.page_token(account.secrets["secret"], attempt.number, attempt.amount.amount_minor)
        query = urlencode({"account": str(account.id), "number": attempt.number, "token": token})
        return created(Instruction("redirect", f"{account.config['page_url']}?{query}"), trade_number(attempt.number))

    def query(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """By its books."""
        trade = _trade(account, attempt.number)
        if trade is None:
            return Rejected(NOT_FOUND)
        if trade.state == "paid":
            return paid(_fact(account, trade, now))
        return Pending() if trade.state == "unpaid" else Rejected("closed")

    def close(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Not payable any more."""
        closed = sandbox_books.close_trade(shop_id=account.shop_id, number=attempt.number)
        return Succeeded() if closed else Rejected("not_open")

    def refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Done at once."""
        if not is_on():
            return Rejected(OFF)
        done = sandbox_books.refund_trade(
            shop_id=account.shop_id,
            number=refund.payment_number,
            refund_number=refund.number,
            amount=refund.amount,
        )
        return Succeeded(ref=refund.number) if done else Rejected("refused")

    def query_refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:  # noqa: ARG002
        """By its books."""
        trade = _trade(account, refund.payment_number)
        if trade is None or refund.number not in trade.refunds:
            return Rejected(NOT_FOUND)
        return Succeeded(ref=refund.number)

    def parse_notify(self, account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:
        """JSON {number, amount_minor, currency, state}, signed in the header `x-goodfor-signature`."""
        header = raw.headers.get(signing.HEADER, "")
        problem = OFF if not is_on() else signing.verify(account.secrets["secret"], header, raw.body, now.timestamp())
        if problem:
            raise NotifyProblem(problem)
        try:
            told = json.loads(raw.body)
            number, amount = str(told["number"]), Money(told["amount_minor"], told["currency"])
            is_paid = told["state"] == "paid"
        except (ValueError, KeyError, TypeError):
            raise NotifyProblem("malformed", authentic=True) from None
        facts = (_told(account, number, amount, now),) if is_paid else ()
        return ParsedNotify(f"{number}:{amount.amount_minor}:{told['state']}"[:160], number, facts)


def callback(account: Account, number: str, amount: Money, state: str, now: datetime) -> RawRequest:
    """A callback as the sandbox channel sends it."""
    told = {"number": number, "amount_minor": amount.amount_minor, "currency": amount.currency, "state": state}
    body = json.dumps(told, separators=(",", ":")).encode()
    signature = signing.sign(account.secrets["secret"], int(now.timestamp()), body)
    headers = {"content-type": "application/json", signing.HEADER: signature}
    return RawRequest("POST", "/", b"", headers, body)


def trade_number(number: str) -> str:
    """The sandbox's own number of a trade."""
    return f"SB{number}"


def _trade(account: Account, number: str) -> SandboxTrade | None:
    return SandboxTrade.objects.filter(shop_id=account.shop_id, account_id=account.id, number=number).first()


def _fact(account: Account, trade: SandboxTrade, now: datetime) -> Fact:
    return Fact(
        kind="paid",
        provider="sandbox",
        account_id=account.id,
        our_ref=trade.number,
        channel_ref=trade_number(trade.number),
        amount=Money(trade.amount_minor, trade.currency),
        happened_at=trade.paid_at or now,
        source="query",
    )


def _told(account: Account, number: str, amount: Money, now: datetime) -> Fact:
    return Fact("paid", "sandbox", account.id, number, trade_number(number), amount, now, "notify")
