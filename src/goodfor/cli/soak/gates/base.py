"""What a soak asks of a channel and its stand-in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol, Self, runtime_checkable
from uuid import UUID

from goodfor.cli.soak.paying import Paying

#: What a signed notify can be wrong about: the sum; whose money it is; at which account's address it arrives; that
#: anything was paid at all.
Lie = Literal["amount", "foreign", "door", "word"]


@dataclass(frozen=True, slots=True)
class Books:
    """The stand-in's books: by our number what came and what went back (minor units), and what is odd in themselves."""

    trades: Mapping[str, tuple[int, int]]
    problems: tuple[str, ...] = ()


class Buying(Protocol):
    """What buyers do at a channel, as they should and as they should not."""

    def pay(self, paying: Paying, *, force: bool = False) -> None:
        """The buyer pays; `force`: even what is closed."""

    def approve(self, paying: Paying) -> None:
        """The buyer does their part on the channel's page; where that is not paying yet, the shop does the rest."""


@runtime_checkable
class Underpaying(Protocol):
    """A channel at which less may come than was asked for; one that has no such thing says so in `Gate.without`."""

    def underpay(self, paying: Paying) -> None:
        """Less comes than was asked for, and the channel says so itself."""


class Lying(Protocol):
    """What others do who have the right key, and what the stand-in does wrong when asked to."""

    def lie(self, paying: Paying, about: Lie) -> None:
        """A notify signed with the right key that is not true; nothing was paid."""

    def unheard(self) -> int:
        """How many lies the shop never answered; they prove nothing."""

    def lose(self, calls: int, drop: int, error: int) -> None:
        """Of about `drop` calls one does its work and loses its answer; of `error` one fails, half of them after it.

        And as many as lose their answer are late, and as many notifies come several times, late or out of order.
        """

    def mend(self) -> Mapping[str, int]:
        """End all faults; how often each kind took effect."""


class Gate(Buying, Lying, Protocol):
    """One channel, its accounts and its stand-in. Calls that a fault may swallow are repeated inside."""

    name: str
    #: `account/method` of the account that the soak pays at, and of the one whose refunds can be asked about.
    way: str
    asked_way: str
    #: Another method of the same account, and a method of another account; empty where there is none.
    again: str
    elsewhere: str
    #: Kinds of odd payments that this channel cannot have, and why.
    without: Mapping[str, str]

    def __enter__(self) -> Self:
        """Open the accounts."""

    def __exit__(self, *_error: object) -> None:
        """Let go of what was started."""

    def load(self, codes: int) -> UUID:
        """Put so many codes of the SKU on the shelf that the soak sells in the channel's currency; the SKU."""

    def tell(self, base: str) -> None:
        """Have notifies sent to `base`, as `start_payment` takes it: for channels that keep an address of their own."""

    def quiet(self) -> None:
        """Wait until no notify is under way."""

    def books(self) -> Mapping[str, Books]:
        """By provider."""
