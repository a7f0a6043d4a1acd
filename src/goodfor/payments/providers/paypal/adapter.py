"""PayPal as a provider. The buyer approves there, we capture: see `orders.py`. What an event says is asked about."""

from datetime import datetime

from goodfor.kernel.outcomes import Outcome, Rejected
from goodfor.payments.providers.base import (
    UNSUPPORTED,
    Account,
    Attempt,
    Capabilities,
    ParsedNotify,
    RefundAttempt,
)
from goodfor.payments.providers.paypal import notify, orders, refunds
from goodfor.payments.providers.paypal.client import asked, guarded
from goodfor.payments.providers.paypal.disputes import PaypalDisputes
from goodfor.payments.providers.paypal.settings import Settings
from goodfor.payments.types import RawRequest


class PaypalProvider(PaypalDisputes):
    """See `Provider` and `Disputing`. No bills: what PayPal's reports look like is not known here."""

    def capabilities(self, account: Account) -> Capabilities:  # noqa: ARG002
        """No close: an order that nobody captures ends by itself, and after the attempt's end nobody does."""
        return Capabilities(ack=b"ok", nack=b"fail", can_query_refund=True, refund_repeatable=True)

    def check(self, account: Account) -> None:
        """See `Provider.check`."""
        Settings.of(account).check(account)

    def create(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """An order, and the way to PayPal's page. Our number is the request id: a repetition is the same order."""
        settings = Settings.of(account)
        return guarded(lambda: orders.started(orders.make(settings, attempt, now)))

    def query(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:
        """See `Provider.query`; an order that the buyer approved in time is captured by this."""
        settings = Settings.of(account)
        return asked(lambda: orders.state(account, settings, attempt, now))

    def close(self, account: Account, attempt: Attempt, now: datetime) -> Outcome:  # noqa: ARG002
        """There is no such call for orders that are to be captured."""
        return Rejected(UNSUPPORTED)

    def refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:
        """See `refunds.give_back`."""
        settings = Settings.of(account)
        return guarded(lambda: refunds.give_back(settings, refund, now))

    def query_refund(self, account: Account, refund: RefundAttempt, now: datetime) -> Outcome:
        """See `refunds.find`."""
        settings = Settings.of(account)
        return asked(lambda: refunds.find(settings, refund, now))

    def parse_notify(self, account: Account, raw: RawRequest, now: datetime) -> ParsedNotify:
        """See `notify.parse`. May fetch a certificate of PayPal's, at most one."""
        return notify.parse(account, Settings.of(account), raw, now)
