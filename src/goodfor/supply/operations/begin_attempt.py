"""Choose a supplier for a want, and write the purchase down before anything is sent."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.crypto import DecryptFailed
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.ledger import operations as ledger
from goodfor.ledger.errors import AccountNotOpen, InsufficientFunds
from goodfor.supply import entries, states
from goodfor.supply.asked import fitted, form_in
from goodfor.supply.candidates import candidates, clock
from goodfor.supply.locks import lock_want
from goodfor.supply.mapping import form_of
from goodfor.supply.models import Offer, Route, Supplier
from goodfor.supply.operations.close_want import close_want
from goodfor.supply.operations.count_surprise import take_exposure
from goodfor.supply.operations.cut_want import cut_want
from goodfor.supply.operations.guard import may_call, probe
from goodfor.supply.providers.base import Descriptor
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.purchase_models import Attempt, Day, Want
from goodfor.supply.routing import Candidate, Choice, Pick, Wanted, choose, trace_of
from goodfor.supply.schedule import LEASE_MARGIN, look_at

_USE: Final = Statement("goodfor.supply", "sql/use_day.sql")
#: Waiting for somebody who may be able in a moment ends so long before the deadline, so that the money is back by then.
GIVE_UP_BEFORE: Final = timedelta(seconds=5)
#: So many purchases for one want, then a person would not try on either.
MOST_TRIES: Final = 12
#: Of what keeps suppliers out, what says most about a want that nobody delivers.
_NEAREST: Final = (
    "loss", "surprise", "unguarded", "suspended", "balance", "stock", "quantity", "quota", "breaker", "pace", "refused",
    "channel", "form",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Begun:
    """A purchase that is written down and may now be sent."""

    attempt: Attempt
    want: Want
    supplier: Supplier


@transaction.atomic
def begin_attempt(*, shop_id: UUID, want_id: UUID, now: datetime) -> Begun | None:
    """None: nothing to send now; the want is closed, waits, or somebody is at it."""
    want = lock_want(shop_id, want_id)
    if want is None or want.state != states.OPEN or want.in_flight or want.next_at is None or want.next_at > now:
        return None
    route = Route.objects.filter(shop_id=shop_id, sku_id=want.sku_id).first() or Route(shop_id=shop_id)
    minute_of_day, day = clock(now)
    wanted = _wanted(want, route, day)
    offered = candidates(shop_id=shop_id, sku_id=want.sku_id, want_id=want.id, day=day, now=now)
    choice = choose(wanted, offered, minute_of_day)
    skipped: dict[UUID, str] = {}
    if want.tries < MOST_TRIES:
        for pick in choice.picks:
            # The trace says of those who came before, and could not after all, what was missing.
            told = Choice(choice.picks, {**choice.why_not, **skipped}, choice.out)
            begun = _try(want, pick, trace_of(told, pick, wanted, minute_of_day), route, day, now)
            if isinstance(begun, Begun):
                return begun
            skipped[pick.candidate.offer_id] = begun
    _wait_or_fail(want, Choice((), {**choice.why_not, **skipped}), now)
    return None


def _wanted(want: Want, route: Route, day: Any) -> Wanted:
    loss_left = 0
    if route.loss_budget_minor:
        used = Day.objects.filter(shop_id=want.shop_id, day=day, key=want.sku_id).values_list("used", flat=True).first()
        loss_left = max(0, route.loss_budget_minor - (used or 0))
    return Wanted(
        id=want.id, quantity=want.quantity - want.delivered, price_minor=want.price_minor,
        floor_minor=route.floor_minor, exponent=EXPONENTS[want.currency], channel=want.channel, kind=want.kind,
        loss_left_minor=loss_left, may_split=route.may_split, form=_form(want),
    )  # fmt: skip


def _try(want: Want, pick: Pick, trace: dict[str, Any], route: Route, day: Any, now: datetime) -> Begun | str:
    """Take what this purchase needs (pace, quota, loss, money) and write it down; else the word for what is missing."""
    one = pick.candidate
    connector = connector_for(one.protocol)
    if connector is None:
        return "protocol"
    supplier = Supplier.objects.get(shop_id=want.shop_id, id=one.supplier_id)
    place: dict[str, Any] = {"shop_id": want.shop_id, "supplier_id": one.supplier_id, "now": now}
    if one.breaker == "half" and not probe(item_ref=one.item_ref, **place):
        return "breaker"
    try:
        with transaction.atomic():
            if not may_call(about=connector.about, method="place", **place):
                raise _Missing("pace")
            _use_day(want, pick, route, day)
            attempt = _attempt(want, pick, trace, connector.about, now)
            attempt.hold_tx = _hold(want, supplier, attempt, now)
            if pick.quantity < want.quantity - want.delivered:
                cut_want(want, pick.quantity, now)
            attempt.save(force_insert=True)
            # Last of all locks, here as where it is corrected: many purchases count on this one row.
            if not take_exposure(attempt, supplier, day):
                raise _Missing("surprise")
    except _Missing as missing:
        return missing.what
    except (InsufficientFunds, AccountNotOpen):
        return "balance"
    Want.objects.filter(shop_id=want.shop_id, id=want.id).update(next_at=None, tries=want.tries + 1)
    record_history(
        shop_id=want.shop_id, machine=states.ATTEMPT, subject_id=attempt.id, moves=[(None, states.SENDING)],
        actor="system", cause=f"want:{want.id}", now=now,
    )  # fmt: skip
    want.refresh_from_db()
    return Begun(attempt, want, supplier)


class _Missing(Exception):
    """Something that this purchase needs is not there. `what` is the stable word."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


def _use_day(want: Want, pick: Pick, route: Route, day: Any) -> None:
    """What this purchase uses of a day's bounds; the bound itself is compared in the statement that counts."""
    one = pick.candidate
    bounds = []
    if one.quota_left is not None:
        offer = Offer.objects.filter(shop_id=want.shop_id, id=one.offer_id)
        bounds.append(("quota", one.offer_id, pick.quantity, offer.values_list("daily_quota", flat=True).first() or 0))
    if pick.loss_minor:
        bounds.append(("loss", want.sku_id, pick.loss_minor, route.loss_budget_minor))
    for word, key, amount, most in bounds:
        if _USE.row({"shop_id": want.shop_id, "day": day, "key": key, "amount": amount, "most": most}) is None:
            raise _Missing(word)


def _attempt(want: Want, pick: Pick, trace: dict[str, Any], about: Descriptor, now: datetime) -> Attempt:
    one = pick.candidate
    # Some compare the price they are given with theirs, to the fen.
    max_cost = pick.expected if about.guard == "exact" else pick.max_cost
    room = {"room_minor": pick.room_minor} if one.guardless else {}
    return Attempt(
        id=uuid7(), shop_id=want.shop_id, want_id=want.id, supplier_id=one.supplier_id, item_ref=one.item_ref,
        number=purchase_number(now), item_id=one.item_id, variant=one.variant, quantity=pick.quantity,
        multiple=one.multiple, max_cost=max_cost, currency=one.currency,
        trace=trace | _told(want, one) | {"expected": str(pick.expected)} | room, sent_at=now,
        exposed_minor=pick.exposed_minor,
        # Whoever sends it is dead when this has passed: then it is asked about.
        next_at=now + timedelta(seconds=about.patience + LEASE_MARGIN),
    )  # fmt: skip


def _form(want: Want) -> Mapping[str, str]:
    """Nothing where it cannot be opened: then it fits nobody who asks for something."""
    try:
        return form_of(want)
    except DecryptFailed:
        return {}


def _told(want: Want, one: Candidate) -> dict[str, Any]:
    """Which of the supplier's fields is what of the buyer's: every try of this purchase sends the same."""
    return {"form": fitted(form_in(one.terms), _form(want)) or {}} if want.kind == "direct" else {}


def _hold(want: Want, supplier: Supplier, attempt: Attempt, now: datetime) -> int | None:
    """Set aside what it may cost, where it is paid from a prepayment in the shop's currency."""
    if supplier.cycle != "prepaid" or supplier.currency != want.currency:
        return None
    most = entries.minor(attempt.max_cost, Decimal(1), EXPONENTS[want.currency], up=True)
    if not most:
        return None
    entry = entries.hold_entry(attempt_id=attempt.id, code=supplier.code, sku_id=want.sku_id, most_minor=most, now=now)
    return ledger.hold(shop_id=want.shop_id, currency=want.currency, entry=entry, now=now)


def _wait_or_fail(want: Want, choice: Choice, now: datetime) -> None:
    later = look_at(tries=want.tries, now=now)
    if choice.waiting_helps and want.tries < MOST_TRIES and later < want.deadline_at - GIVE_UP_BEFORE:
        Want.objects.filter(shop_id=want.shop_id, id=want.id).update(next_at=later, tries=want.tries + 1)
        return
    close_want(want, states.FAILED, reason=_reason(choice), now=now)


def _reason(choice: Choice) -> str:
    """What kept out the one who was nearest to delivering."""
    known = set(choice.why_not.values())
    for word in _NEAREST:
        if word in known:
            return word
    return next(iter(sorted(known)), "no_offer")


def purchase_number(now: datetime) -> str:
    """18 digits, which every supplier takes: milliseconds since 1970 and five of chance. Unique by the table."""
    return f"{int(now.timestamp() * 1000):013d}{secrets.randbelow(100_000):05d}"
