"""Risk control before somebody of the staff comes in, by whatever way; and what was posted, kept until they have paid.

A name that nobody has is judged like one that somebody has, so that nothing tells them apart. What a challenge asks of
a password, a passkey or a one-time link has shown already: they are only refused where nobody is let in at all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import structlog
from django.contrib.auth.models import User
from django.db import DatabaseError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from goodfor.console.client import address_of, agent_of
from goodfor.console.devices import device_id, own_id
from goodfor.identity import queries as identity
from goodfor.identity.errors import ShopNotFound
from goodfor.kernel.crypto import DecryptFailed, Sealed, keyring
from goodfor.risk.doors import challenge
from goodfor.risk.doors.types import DEAREST
from goodfor.risk.errors import Refused
from goodfor.risk.operations import assess, note
from goodfor.risk.types import Act, Decision, Outcome, Result, Scene

DOOR: Final = "staff_sign_in"
LASTS: Final = timedelta(minutes=10)
_AAD: Final = b"console.kept"
_LONGEST: Final = 8_000
log = structlog.get_logger(__name__)


class MoreAsked(Exception):
    """A proof of work is wanted first. Raised before anything is looked at."""

    def __init__(self, shop_id: UUID, cost: int) -> None:
        self.shop_id, self.cost = shop_id, cost
        super().__init__("more asked")


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who wants in, judged. Nobody is where there is no shop yet."""

    shop_id: UUID
    buyer: str
    decision: Decision

    def as_dict(self) -> dict[str, str]:
        """For the session, until the second factor has been given."""
        return {"shop": str(self.shop_id), "buyer": self.buyer, "decision": str(self.decision.id)}


@dataclass(frozen=True, slots=True)
class Kept:
    """What was posted at the door, and how much was asked for it."""

    username: str
    password: str = field(repr=False)
    onward: str
    shop_id: UUID
    cost: int


def judge_entry(
    request: HttpRequest, now: datetime, *, name: str = "", user_id: int | None = None, paid: int = DEAREST
) -> Entry | None:
    """Ask before anything is looked at; None: there is no shop yet. By name, or by who has shown another proof.

    Raises Refused, MoreAsked where `paid` (0 to 4) is too little.
    """
    found = _whose(request, name, user_id)
    if found is None:
        return None
    shop_id, buyer = found
    decision = assess(_act(request, shop_id, buyer, now))
    if decision.outcome is Outcome.DENY:
        raise Refused(_("请稍后再试；急用请用登录链接。"))
    if decision.outcome is not Outcome.ALLOW:
        # Nothing can be held at a door: a person hears of it, and the price is the highest.
        cost = max(decision.cost, 1) if decision.outcome is Outcome.CHALLENGE else DEAREST
        if paid < cost:
            raise MoreAsked(shop_id, cost)
    return Entry(shop_id, buyer, decision)


def came_in(request: HttpRequest, entry: Entry | Mapping[str, str] | None, now: datetime, *, good: bool) -> None:
    """How it ended. Whoever is in stays in, whether or not it could be noted; a failure that cannot be is an error."""
    if entry is None:
        return
    told = entry.as_dict() if isinstance(entry, Entry) else entry
    act = _act(request, UUID(told["shop"]), told["buyer"], now)
    try:
        note(act, Result.GOOD if good else Result.BAD, UUID(told["decision"]) if told["decision"] else None)
    except DatabaseError as error:
        if not good:
            raise
        log.error("risk_result_lost", scene=str(Scene.SIGN_IN), error=type(error).__name__)


def _act(request: HttpRequest, shop_id: UUID, buyer: str, now: datetime) -> Act:
    return Act(
        shop_id=shop_id,
        scene=Scene.SIGN_IN,
        at=now,
        buyer=buyer,
        device=device_id(request),
        ip=address_of(request),
        agent=agent_of(request),
    )


def _whose(request: HttpRequest, name: str, user_id: int | None) -> tuple[UUID, str] | None:
    """The shop where they work, and who they are there; for nobody the shop of this address, and the name's hash."""
    known = user_id or User.objects.filter(username=name).values_list("pk", flat=True).first() or 0
    for shop, staff in identity.places_of_user(known):
        if staff.active:
            return shop.id, staff.actor
    try:
        shop_id = identity.shop_by_host(request.get_host()).id
    except ShopNotFound:
        oldest = identity.oldest_shop()
        if oldest is None:
            return None
        shop_id = oldest
    return shop_id, f"name:{keyring().blind_index('console.name', name.casefold().encode()).hex()}"


# -- what was posted ----------------------------------------------------------------------------------


def page_of(
    request: HttpRequest, asked: MoreAsked, *, username: str, password: str, onward: str, now: datetime
) -> dict[str, Any]:
    """What the page of a challenge shows: the challenge, and what was posted, sealed and for this browser alone."""
    row = [
        username, password, onward, str(asked.shop_id), asked.cost, own_id(request), int((now + LASTS).timestamp())
    ]  # fmt: skip
    sealed = keyring().seal(json.dumps(row).encode(), _AAD)
    found = challenge.issue(
        shop_id=asked.shop_id, door=DOOR, cost=asked.cost, bound_to=own_id(request), now=now
    )  # fmt: skip
    return {
        "kept": sealed.as_text(),
        "challenge": json.dumps(found),
    }


def kept_in(request: HttpRequest, now: datetime) -> tuple[Kept, int] | None:
    """What was kept, with how much has been paid for it; None for what is not ours, of another browser, or too old."""
    text = request.POST.get("kept", "")
    if not text or len(text) > _LONGEST:
        return None
    try:
        plain = keyring().open(Sealed.from_text(text), _AAD)
        username, password, onward, shop, cost, device, until = json.loads(plain)
        kept = Kept(username, password, onward, UUID(shop), int(cost))
    except (ValueError, DecryptFailed, TypeError):
        return None
    if until <= now.timestamp() or device != own_id(request):
        return None
    right = challenge.verify(
        shop_id=kept.shop_id, door=DOOR, payload=request.POST.get("proof", ""), bound_to=device, now=now,
        cost=kept.cost,
    )  # fmt: skip
    return kept, kept.cost if right else 0
