"""Asking a channel something harmless, to see whether an account works. No money moves and nothing is created."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from goodfor.kernel.ids import secret_token
from goodfor.kernel.money import Money
from goodfor.kernel.outcomes import Rejected, Unknown
from goodfor.payments.providers.alipay.probe import probe_alipay
from goodfor.payments.providers.base import NOT_FOUND, Account, Attempt, Provider
from goodfor.payments.providers.epay.probe import probe_epay
from goodfor.payments.providers.paypal.probe import probe_paypal
from goodfor.payments.providers.stripe.probe import probe_stripe
from goodfor.payments.providers.wechat.probe import probe_wechat

WORKS: Final = "works"


@dataclass(frozen=True, slots=True)
class Probe:
    """What a question brought. `code` is stable (`works`, or what went wrong); `text` are the channel's own words."""

    code: str
    text: str = ""

    @property
    def ok(self) -> bool:
        """True when the channel knows us."""
        return self.code == WORKS


#: Channels that have a better question than an order that does not exist.
_OWN: Final[Mapping[str, Callable[[Account, datetime], tuple[str, str]]]] = {
    "alipay": probe_alipay,
    "epay": probe_epay,
    "paypal": probe_paypal,
    "stripe": probe_stripe,
    "wechat": probe_wechat,
}


def probe(name: str, adapter: Provider, account: Account, now: datetime) -> Probe:
    """Ask. Called outside of transactions, as every call of an adapter; the adapter's own time limits hold."""
    if name in _OWN:
        return Probe(*_OWN[name](account, now))
    capabilities = adapter.capabilities(account)
    if not capabilities.can_query or capabilities.in_process:
        return Probe(WORKS)
    # A channel that takes our signature says that it does not know the number; one that does not says something else.
    number = "probe" + "".join(c for c in secret_token(16) if c.isalnum())[:16]
    attempt = Attempt(number, Money(1, account.currency), account.methods[0] if account.methods else "")
    outcome = adapter.query(account, attempt, now)
    if isinstance(outcome, Rejected) and outcome.code == NOT_FOUND:
        return Probe(WORKS)
    if isinstance(outcome, Rejected):
        return Probe(outcome.code, outcome.message)
    return Probe(outcome.reason if isinstance(outcome, Unknown) else "unexpected")
