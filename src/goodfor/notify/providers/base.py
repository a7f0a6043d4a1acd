"""What a channel's adapter is: values in, outcomes out.

An adapter knows no scene and writes no message. It is called outside of transactions only, from several threads.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from goodfor.kernel.outcomes import Outcome, Rejected
from goodfor.notify.rendering.content import Content

#: `Unknown.reason` when the message certainly never left this machine.
NOT_SENT: Final = "not_sent"
#: `Rejected.code` of an `ask`: the channel has not heard of the message (yet).
NOT_FOUND: Final = "not_found"
#: `Rejected.code` of an `ask` where the channel cannot be asked.
UNSUPPORTED: Final = "unsupported"
#: `Rejected.code` of a web push whose subscription is no more.
GONE: Final = "gone"
RATE_LIMITED: Final = "rate_limited"
TRY_LATER: Final = "try_later"
#: The vendor does not accept our keys, or the account has no money: a person must mend it, so it is tried again slowly.
ACCOUNT: Final = "account"
#: Refusals that say nothing about the message: it is tried again later.
FOR_NOW: Final = frozenset({RATE_LIMITED, TRY_LATER, ACCOUNT})


@dataclass(frozen=True, slots=True)
class Account:
    """A channel account as an adapter sees it, secrets opened. Never logged, never stored, short-lived."""

    id: UUID
    shop_id: UUID
    channel: str
    provider: str
    config: Mapping[str, Any]
    secrets: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as an adapter needs it. `id` is the same on every try; `tried_at` is set once it was tried.

    `ref` is the channel's number where it gave one.
    """

    id: UUID
    address: str = field(repr=False)
    name: str = field(repr=False)
    content: Content | None = field(repr=False)
    language: str
    expires_at: datetime
    tried_at: datetime | None = None
    ref: str = ""
    urgent: bool = False

    @property
    def said(self) -> Content:
        """The content of a letter that is to be sent."""
        if self.content is None:
            raise ValueError("a letter without content is only asked about")
        return self.content


class ConfigProblem(Exception):
    """A setting that the adapter cannot work with; `field_name` names the entry, `code` is stable."""

    def __init__(self, field_name: str, code: str) -> None:
        self.field_name = field_name
        self.code = code
        super().__init__(f"{field_name}: {code}")


class Channel(Protocol):
    """A vendor of a channel. `channels` are those it can serve; `can_ask`: it can be asked what became of a letter."""

    channels: tuple[str, ...]
    can_ask: bool

    def prepare(self, config: Mapping[str, Any], secrets: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """Config and secrets as they are to be kept: what can be made here (keys) is made here."""
        ...

    def check(self, account: Account) -> None:
        """Raise ConfigProblem unless config and secrets are complete and well-formed. No call is made."""
        ...

    def send(self, account: Account, letter: Letter, now: datetime) -> Outcome:
        """Send. Succeeded(ref): the channel has it. Rejected: it does not, see FOR_NOW. Unknown: nobody can say."""
        ...

    def ask(self, account: Account, letter: Letter, now: datetime) -> Outcome:
        """What became of it. Rejected(not_found): not known there (yet). Rejected(unsupported) where it cannot tell."""
        ...


class CannotAsk:
    """What most channels share: settings are kept as they are given, and nobody can be asked afterwards."""

    can_ask = False

    def prepare(self, config: Mapping[str, Any], secrets: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
        """As given."""
        return dict(config), dict(secrets)

    def ask(self, account: Account, letter: Letter, now: datetime) -> Outcome:  # noqa: ARG002
        """The channel cannot tell."""
        return Rejected(UNSUPPORTED)


def required(values: Mapping[str, Any], *names: str, most: int = 500) -> None:
    """Raise ConfigProblem unless each is a non-empty text on one line."""
    for name in names:
        value = values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise ConfigProblem(name, "missing")
        if len(value) > most or not value.isprintable():
            raise ConfigProblem(name, "malformed")
