"""Movements of a wallet, in the caller's transaction: each holds the wallet's row, and happens once for its source.

What the books are told of it stands in the answer (`Moved.entries`); the caller posts it last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from goodfor.kernel.ids import uuid7
from goodfor.ledger.types import Entry
from goodfor.loyalty import accounts, kinds, store
from goodfor.loyalty.errors import InvalidPoints, MoveDiffers, NotEnoughPoints
from goodfor.loyalty.store import LockedWallet, Why
from goodfor.loyalty.types import Holder, Move

_BLINK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moved:
    """A movement, and what the books are to be told of it: nothing, if it had been made before or is worth nothing."""

    move: Move
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Lives:
    """When units may be spent, and when they end. None: at once, never. `minor`: what all of them are worth."""

    minor: int = 0
    available_at: datetime | None = None
    expires_at: datetime | None = None


def checked_units(units: int) -> int:
    """The same. Raises InvalidPoints."""
    if not 0 < units <= kinds.MOST_UNITS:
        raise InvalidPoints(field="units")
    return units


def give(shop_id: UUID, holder: Holder, units: int, lives: Lives, why: Why, *, kind: str = kinds.EARN) -> Moved:
    """Units come. What the wallet owes is met first.

    Raises InvalidPoints; MoveDiffers where the same source gave another number.
    """
    wallet = store.lock_wallet(shop_id, holder)
    if known := _known(wallet, why, units):
        return known
    checked_units(units)
    if not 0 <= lives.minor <= kinds.MOST_MINOR or (lives.minor and not kinds.KINDS[wallet.kind].valued):
        raise InvalidPoints(field="minor")
    entry_id, owed = uuid7(), min(wallet.debt, units)
    worth = lives.minor * (units - owed) // units
    store.GIVE.run(
        {
            **why.params(wallet, kind, entry_id), "units": units, "owed": owed, "minor": lives.minor,
            "entry_minor": worth, "available_at": lives.available_at or why.now, "expires_at": lives.expires_at,
        }
    )  # fmt: skip
    move = Move(entry_id, units, worth)
    return Moved(move, _told(wallet, move, kind, why))


def take(
    shop_id: UUID, holder: Holder, units: int, why: Why, *, kind: str = kinds.SPEND, first: UUID | None = None,
    pending_too: bool = False, partly: bool = False, owe: bool = False,
) -> Moved:  # fmt: skip
    """Units go: of `first`'s order, then those that end first. `partly`: as many as there are, and what is short is let
    go or owed (`owe`); else all or nothing.

    Raises InvalidPoints, NotEnoughPoints, MoveDiffers.
    """
    wallet = store.lock_wallet(shop_id, holder)
    if known := _known(wallet, why, units, taken=True):
        return known
    checked_units(units)
    # What has ended goes first, whether or not the loop has been here: debts arise only where nothing is left.
    ended = sweep(shop_id, [wallet.id], why.now) if partly else None
    entry_id = uuid7()
    row = store.TAKE.row(
        {
            **why.params(wallet, kind, entry_id), "units": units, "first": first, "any": pending_too, "partly": partly,
            "owe": owe,
        }
    )  # fmt: skip
    if row is None:
        raise NotEnoughPoints(asked=units)
    got, worth = row
    move = Move(entry_id, -(units if owe else got), -worth, short=0 if owe else units - got)
    return Moved(move, (*(ended.entries if ended else ()), *_told(wallet, move, kind, why)))


def put_back(shop_id: UUID, holder: Holder, spent_id: UUID, units: int, why: Why, *, grace: timedelta) -> Moved:
    """Units of the movement `spent_id` return: to the lots that they came from, with their ends. Of a lot that has
    ended they come as a new one, which lives for `grace`; without any it ends at once. What the wallet owes is met
    first.

    Raises InvalidPoints where more would return than went, MoveDiffers.
    """
    wallet = store.lock_wallet(shop_id, holder)
    if known := _known(wallet, why, units):
        return known
    checked_units(units)
    taken = [_Taken(*row) for row in store.TAKEN_OF.rows({"shop_id": shop_id, "entry_id": spent_id})]
    if sum(one.units - one.back for one in taken) < units:
        raise InvalidPoints(field="units")
    entry_id, owed = uuid7(), min(wallet.debt, units)
    returns = _returns(taken, units, owed, why.now)
    worth = sum(one.worth for one in returns)
    store.INSERT_ENTRY.run(
        {**why.params(wallet, kinds.RESTORE, entry_id), "units": units, "asked": units, "minor": worth}
    )
    store.GIVE_BACK.run(
        {
            "shop_id": shop_id, "allocations": [one.taken.allocation_id for one in returns],
            "lots": [one.taken.lot_id for one in returns], "backs": [one.into_lot for one in returns],
            "moved": [one.back - one.into_lot for one in returns],
        }
    )  # fmt: skip
    for one in returns:
        if one.ended and one.back > one.owed:
            _new_lot(wallet, entry_id, one.back - one.owed, one.worth, why, why.now + max(grace, _BLINK))
    store.MOVE_BALANCE.run({"shop_id": shop_id, "wallet_id": wallet.id, "units": units - owed, "owed": owed})
    return Moved(Move(entry_id, units, worth))


@dataclass(frozen=True, slots=True)
class Swept:
    """What ended in some wallets, by kind and scope, and what the books are told of it."""

    wallets: int
    units: Mapping[tuple[str, UUID], int]
    minor: Mapping[tuple[str, UUID], int]
    entries: tuple[Entry, ...]


def sweep(shop_id: UUID, wallets: Sequence[UUID], now: datetime) -> Swept:
    """Units whose end has come leave these wallets, which this transaction holds. Once each: entries name lots."""
    rows = store.EXPIRE.rows({"shop_id": shop_id, "wallets": list(wallets), "now": now})
    minor = {(row[0], row[1]): int(row[3]) for row in rows}
    told = accounts.ended_entry(run_id=uuid7(), minor=minor, now=now) if rows else None
    units = {(row[0], row[1]): int(row[2]) for row in rows}
    return Swept(sum(row[4] for row in rows), units, minor, (told,) if told else ())


@dataclass(frozen=True, slots=True)
class _Taken:
    """A row of `taken_of.sql`."""

    allocation_id: int
    lot_id: UUID
    units: int
    back: int
    lot_units: int
    remaining: int
    minor: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Return:
    """So many units return of what was taken of a lot; `owed` of them meet the debt. `worth`: of the others."""

    taken: _Taken
    back: int
    owed: int
    ended: bool
    worth: int

    @property
    def into_lot(self) -> int:
        """What is in the lot again."""
        return 0 if self.ended else self.back - self.owed


def _returns(taken: Sequence[_Taken], units: int, owed: int, now: datetime) -> list[_Return]:
    found = []
    for one in taken:
        back = min(one.units - one.back, units)
        if not back:
            continue
        meets = min(owed, back)
        ended = one.expires_at is not None and one.expires_at <= now
        before = 0 if ended else one.remaining
        stays = back - meets
        worth = one.minor * (before + stays) // one.lot_units - one.minor * before // one.lot_units
        found.append(_Return(one, back, meets, ended, worth))
        units, owed = units - back, owed - meets
    return found


def _new_lot(
    wallet: LockedWallet, entry_id: UUID, units: int, minor: int, why: Why, expires_at: datetime | None
) -> None:
    store.INSERT_LOT.run(
        {
            "id": uuid7(), "shop_id": wallet.shop_id, "wallet_id": wallet.id, "entry_id": entry_id, "units": units,
            "minor": minor, "order_id": why.order_id, "earned_at": why.now, "available_at": why.now,
            "expires_at": expires_at,
        }
    )  # fmt: skip


def pass_on(shop_id: UUID, giver: Holder, taker: Holder, units: int, why: Why) -> tuple[Moved, Moved]:
    """Units go to another's wallet of the same kind, with the ends that they have. The books owe as much as before.

    Raises InvalidPoints (the kind does not allow it, or the taker owes some), NotEnoughPoints, MoveDiffers.
    """
    if not kinds.KINDS[giver.kind].transferable or (giver.kind, giver.scope) != (taker.kind, taker.scope):
        raise InvalidPoints(field="kind")
    if giver.owner == taker.owner:
        raise InvalidPoints(field="owner")
    # So that two who give to each other at once do not wait for each other, nor for who holds many.
    store.hold_both(shop_id, giver, taker)
    wallet = store.lock_wallet(shop_id, taker)
    if (known := _known(wallet, why, units)) is not None:
        # Both were written together; what the taker owes by now is no reason to say otherwise.
        return take(shop_id, giver, units, why, kind=kinds.GIVEN), known
    if wallet.debt:
        raise InvalidPoints(field="debt")
    given = take(shop_id, giver, units, why, kind=kinds.GIVEN)
    entry_id = uuid7()
    received = why.params(wallet, kinds.RECEIVED, entry_id)
    store.INSERT_ENTRY.run({**received, "units": units, "asked": units, "minor": -given.move.minor})
    rows = [_Taken(*row) for row in store.TAKEN_OF.rows({"shop_id": shop_id, "entry_id": given.move.entry_id})]
    # In the order in which they were taken: what the giver would have spent first, the taker does.
    for one in reversed(rows):
        worth = one.minor * (one.remaining + one.units) // one.lot_units - one.minor * one.remaining // one.lot_units
        _new_lot(wallet, entry_id, one.units, worth, why, one.expires_at)
    store.MOVE_BALANCE.run({"shop_id": shop_id, "wallet_id": wallet.id, "units": units, "owed": 0})
    return given, Moved(Move(entry_id, units, -given.move.minor))


def _known(wallet: LockedWallet, why: Why, units: int, *, taken: bool = False) -> Moved | None:
    """What the same source did before for the same purpose."""
    known = store.entry_of(wallet, why.source)
    if known is None:
        return None
    if known.asked != units or ((known.units < 0) != taken and known.units):
        raise MoveDiffers(units=known.units)
    short = known.asked + known.units if taken else 0
    return Moved(Move(known.id, known.units, known.minor, short=short, again=True))


def _told(wallet: LockedWallet, move: Move, kind: str, why: Why) -> tuple[Entry, ...]:
    """What the books are told; of what is spent or passed on the caller knows more."""
    if kind in (kinds.SPEND, kinds.GIVEN, kinds.RECEIVED):
        return ()
    told = accounts.moved_entry(
        entry_id=move.entry_id, kind=wallet.kind, scope=wallet.scope, what=kind, minor=move.minor, nature=why.nature,
        order_id=why.order_id, now=why.now,
    )  # fmt: skip
    return (told,) if told else ()
