"""The built-in sandbox channel: a page with one button. Only where settings.GOODFOR_SANDBOX_PROVIDER is on."""

from datetime import datetime
from urllib.parse import parse_qsl

from django.conf import settings

from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Outcome, Pending, Rejected, Succeeded
from goodfor.payments.models import SandboxTrade
from goodfor.payments.operations import sandbox_books as books
from goodfor.payments.providers.base import (
    NOT_FOUND,
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
from goodfor.payments.providers.sandbox.mandates import SandboxMandates
from goodfor.payments.providers.sandbox.signing import verify
from goodfor.payments.types import Fact, Instruction, RawRequest

_CAPABILITIES = Capabilities(
    local_create=True, in_process=True, can_close=True, can_query_refund=True, refund_repeatable=True
)
_MIN_KEY = 16


class SandboxProvider(SandboxMandates):
    """Keeps its own small books (`payments_sandbox_trade`) and answers from them."""

    def capabilities(self, account: Account) -> Capabilities:  # noqa: ARG002
        """See `Capabilities`."""
        return _CAPABILITIES

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless the sandbox is switched on and has a key."""
        if not settings.GOODFOR_SANDBOX_PROVIDER:
            raise ConfigProblem("provider", "sandbox_is_off")
        if len(account.secrets.get("key", "")) < _MIN_KEY:
            raise ConfigProblem("key", "too_short")

    def create(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Open the trade; the buyer goes to our own page."""
        if not settings.GOODFOR_SANDBOX_PROVIDER:
            return Rejected("sandbox_is_off")
        books.open_trade(shop_id=account.shop_id, account_id=account.id, number=attempt.number, amount=attempt.amount)
        return created(Instruction("redirect", f"/pay/sandbox/{account.shop_id}/{attempt.number}"))

    def query(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """What the books say."""
        trade = self._trade(account, attempt.number)
        if trade is None:
            return Rejected(NOT_FOUND)
        if trade.state != "paid":
            return Rejected("closed") if trade.state == "closed" else Pending(trade.number)
        return paid(self._fact(account, trade, now, "query"))

    def close(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """No longer payable."""
        closed = books.close_trade(shop_id=account.shop_id, number=attempt.number)
        return Succeeded(attempt.number) if closed else Rejected(NOT_FOUND)

    def refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Done at once."""
        done = books.refund_trade(
            shop_id=account.shop_id,
            number=refund.payment_number,
            refund_number=refund.number,
            amount=refund.amount,
        )
        return Succeeded(refund.number) if done else Rejected("refund_refused")

    def query_refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Whether the books know the refund number."""
        trade = self._trade(account, refund.payment_number)
        if trade is None or refund.number not in trade.refunds:
            return Rejected(NOT_FOUND)
        return Succeeded(refund.number)

    def parse_notify(self, account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:
        """Verify the signature of our own page's call. Raises NotifyProblem."""
        if not settings.GOODFOR_SANDBOX_PROVIDER:
            raise NotifyProblem(UNSUPPORTED)
        pairs = parse_qsl(raw.body.decode("utf-8", "replace"), keep_blank_values=True)
        params = dict(pairs)
        if len(params) != len(pairs) or not verify(params, account.secrets["key"]):
            raise NotifyProblem("bad_signature")
        trade = self._trade(account, params.get("number", ""))
        if trade is None or trade.state != "paid":
            raise NotifyProblem("not_paid", authentic=True)
        fact = self._fact(account, trade, now, "notify")
        return ParsedNotify(event_key=trade.number, our_ref=trade.number, facts=(fact,))

    def _trade(self, account: Account, number: str) -> SandboxTrade | None:
        return SandboxTrade.objects.filter(shop_id=account.shop_id, account_id=account.id, number=number).first()

    def _fact(self, account: Account, trade: SandboxTrade, now: datetime, source: str) -> Fact:
        return Fact(
            kind="paid",
            provider="sandbox",
            account_id=account.id,
            our_ref=trade.number,
            channel_ref=f"S{trade.number}",
            amount=Money(trade.amount_minor, trade.currency),
            happened_at=trade.paid_at or now,
            source="query" if source == "query" else "notify",
        )
