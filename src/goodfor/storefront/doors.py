"""Doors at which people guess, before anything is looked up: counted by address, device and what is tried.

Whoever is not let in learns the same whether or not there is such a thing. The counts of `count_attempt` and of
identity stand behind these as the last line.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from goodfor.identity.types import ShopView
from goodfor.risk.doors.types import Knock
from goodfor.risk.operations.answered import answered
from goodfor.risk.operations.knock import knock, shut_for
from goodfor.risk.operations.remember import remember
from goodfor.risk.types import KeyKind
from goodfor.storefront.client import client_ip
from goodfor.storefront.devices import device_id
from goodfor.storefront.errors import TooManyTries
from goodfor.storefront.judging import asked_for_more, paid

#: Two ways into one account: who came in by one may use the other.
_OF_ACCOUNTS: Final = frozenset({"sign_in", "one_time_code"})


@dataclass(frozen=True, slots=True)
class Entry:
    """A knock that was let in, and counted: say how it ended (`tell`). `answer`: it was not, give this instead."""

    knock: Knock
    answer: HttpResponse | None = None

    def tell(
        self, *, good: bool, now: datetime, guess: str = "", sound: bool = False, batch: str = ""
    ) -> None:  # fmt: skip
        """Once. `guess`: the password or code that was tried, of which only some bits of a hash are kept for an hour.

        `sound`: a code with right check characters; `batch`: what it is of, where it is right.
        """
        answered(self.knock, good=good, now=now, guess=guess, sound=sound, batch=batch)
        for other in _OF_ACCOUNTS - {self.knock.door.name} if good and self.knock.door.name in _OF_ACCOUNTS else ():
            remember(self.knock, door=other, now=now)


def refuse_if_shut(
    request: HttpRequest, shop: ShopView, door: str, subject: str, now: datetime, *, buyer: str = ""
) -> None:  # fmt: skip
    """Before anything is judged and written down: whoever is locked out fills no tables. Raises TooManyTries."""
    wait = shut_for(shop_id=shop.id, door=door, keys=_keys(request, buyer), subject=subject.strip().lower(), now=now)
    if wait:
        raise _too_many(wait)


def go_in(
    request: HttpRequest, shop: ShopView, door: str, subject: str, now: datetime, *, path: str = "", body: str = "",
    buyer: str = "",
) -> Entry:  # fmt: skip
    """Knock. `path`, `body`: what goes on after a challenge, where that is not this very post. `buyer`: who asks, for
    doors that count by that too.

    Raises TooManyTries (`retry_after` seconds).
    """
    came = knock(
        shop_id=shop.id, door=door, keys=_keys(request, buyer), subject=subject.strip().lower(), now=now,
        paid=paid(request, shop),
    )  # fmt: skip
    if came.allowed:
        return Entry(came)
    if came.challenge_cost:
        return Entry(came, asked_for_more(request, shop, door, came.challenge_cost, path=path, body=body))
    raise _too_many(came.wait_seconds)


def _keys(request: HttpRequest, buyer: str = "") -> dict[KeyKind, str]:
    keys = {KeyKind.ADDRESS: client_ip(request), KeyKind.DEVICE: device_id(request)}
    return {**keys, KeyKind.BUYER: buyer} if buyer else keys


def _too_many(wait: int) -> TooManyTries:
    return TooManyTries(_("请稍等几分钟再试。"), retry_after=max(1, wait))
