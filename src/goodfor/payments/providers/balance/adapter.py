"""The wallet as a provider: it has no outside, so there is nothing to call or to ask.

Paying is `operations.pay_by_balance` inside the caller's transaction; giving back succeeds inside `request_refund`.
"""

from datetime import datetime

from goodfor.kernel.outcomes import Outcome, Rejected
from goodfor.payments.providers.base import (
    UNSUPPORTED,
    Account,
    Attempt,
    Capabilities,
    NotifyProblem,
    ParsedNotify,
    RefundAttempt,
)
from goodfor.payments.types import RawRequest

_CAPABILITIES = Capabilities(local_create=True, in_process=True, can_query=False, refund_repeatable=True, instant=True)


class BalanceProvider:
    """Every call is refused by name: a balance payment never takes the way of a channel."""

    def capabilities(self, account: Account) -> Capabilities:  # noqa: ARG002
        """See `Capabilities`."""
        return _CAPABILITIES

    def check(self, account: Account) -> None:
        """Nothing to configure."""

    def create(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Use `pay_by_balance`."""
        return Rejected(UNSUPPORTED)

    def query(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """The row itself is the truth."""
        return Rejected(UNSUPPORTED)

    def close(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Never open."""
        return Rejected(UNSUPPORTED)

    def refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:  # noqa: ARG002
        """Done by `request_refund`."""
        return Rejected(UNSUPPORTED)

    def query_refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:  # noqa: ARG002
        """The row itself is the truth."""
        return Rejected(UNSUPPORTED)

    def parse_notify(self, account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:  # noqa: ARG002
        """Nobody calls back about a wallet."""
        raise NotifyProblem(UNSUPPORTED)
