"""Channels that must be told who pays, and can ask the buyer's own browser: there and back, nothing asked of him."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from goodfor.kernel.outcomes import Outcome
from goodfor.payments.providers.base import Account


class PayerSource(Protocol):
    """A channel that knows buyers by an id of its own, another one for each application."""

    def payer_app(self, config: Mapping[str, Any], method: str) -> str:
        """The application whose id of the buyer this method takes; empty: it needs none. From `config` alone."""
        ...

    def can_ask_payer(self, account: Account, method: str) -> bool:
        """Whether `payer_page` leads anywhere: the account holds what that takes."""
        ...

    def payer_page(self, account: Account, method: str, back: str, state: str) -> str:
        """Where to send the browser; it comes back to `back` with `code` and `state`. Raises ConfigProblem."""
        ...

    def payer_of(self, account: Account, method: str, code: str, now: datetime) -> Outcome:
        """What a code is worth, once. Succeeded: `ref` is the buyer's id. Rejected: the code is worth nothing."""
        ...
