"""Points as plain as can be, written from docs/loyalty.md alone: lists of lots in memory, no statement of the room."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

_numbers = count()


@dataclass
class PlainLot:
    """Units that came together."""

    units: int
    left: int
    minor: int
    since: datetime
    until: datetime | None
    order: str = ""
    age: int = field(default_factory=lambda: next(_numbers))

    @property
    def owed(self) -> int:
        return self.minor * self.left // self.units

    def live(self, now: datetime) -> bool:
        return self.until is None or self.until > now

    @property
    def rank(self) -> tuple[bool, float, int]:
        """Earliest end first, then age."""
        return (self.until is None, self.until.timestamp() if self.until else 0.0, self.age)


@dataclass
class Spent:
    """What was taken for a purpose: lot and units, in the order in which it was taken."""

    took: list[list[object]]
    back: int = 0


class PlainWallet:
    """One person's points."""

    def __init__(self) -> None:
        self.lots: list[PlainLot] = []
        self.debt = 0
        self.asked_back: dict[str, int] = {}
        self.spent: dict[str, Spent] = {}
        self.moved = 0

    def available(self, now: datetime) -> int:
        return sum(lot.left for lot in self.lots if lot.live(now) and lot.since <= now)

    def pending(self, now: datetime) -> int:
        return sum(lot.left for lot in self.lots if lot.live(now) and lot.since > now)

    @property
    def owed(self) -> int:
        return sum(lot.owed for lot in self.lots)

    def earn(
        self, units: int, minor: int, since: datetime, until: datetime | None, order: str = ""
    ) -> None:  # fmt: skip
        meets = min(self.debt, units)
        self.debt -= meets
        self.lots.append(PlainLot(units, units - meets, minor, since, until, order))
        self.moved += units

    def spend(self, name: str, units: int, now: datetime) -> bool:
        if self.available(now) < units:
            return False
        usable = [lot for lot in self.lots if lot.left and lot.live(now) and lot.since <= now]
        self.spent[name] = Spent(self._take(sorted(usable, key=lambda lot: lot.rank), units))
        self.moved -= units
        return True

    def restore(self, name: str, units: int, now: datetime, grace: timedelta) -> bool:
        spent = self.spent[name]
        if spent.back + units > sum(int(took[1]) for took in spent.took):  # type: ignore[call-overload]
            return False
        skip, spent.back = spent.back, spent.back + units
        meets = min(self.debt, units)
        self.debt -= meets
        self.moved += units
        # Last taken, first back; what came back before is passed over.
        for lot, took in sorted(spent.took, key=lambda one: one[0].rank, reverse=True):  # type: ignore[attr-defined]
            assert isinstance(lot, PlainLot)
            assert isinstance(took, int)
            passed = min(skip, took)
            skip -= passed
            back = min(took - passed, units)
            units -= back
            stays = back - min(meets, back)
            meets -= back - stays
            if stays and lot.live(now):
                lot.left += stays
            elif stays:
                self.lots.append(PlainLot(stays, stays, lot.minor * stays // lot.units, now, now + grace))
        return True

    def lose(self, order: str, units: int, now: datetime, *, owe: bool) -> None:
        self.expire(now)
        own = sorted((lot for lot in self.lots if lot.left and lot.order == order), key=lambda lot: lot.rank)
        others = sorted((lot for lot in self.lots if lot.left and lot.order != order), key=lambda lot: lot.rank)
        there = min(units, sum(lot.left for lot in self.lots))
        self._take([*own, *others], there)
        self.moved -= units if owe else there
        if owe:
            self.debt += units - there

    def give(self, to: "PlainWallet", units: int, now: datetime) -> bool:
        if to.debt or self.available(now) < units:
            return False
        usable = sorted(
            (lot for lot in self.lots if lot.left and lot.live(now) and lot.since <= now), key=lambda lot: lot.rank
        )
        for lot in usable:
            took = min(lot.left, units)
            if not took:
                break
            before = lot.owed
            lot.left -= took
            units -= took
            to.lots.append(PlainLot(took, took, before - lot.owed, now, lot.until))
            self.moved -= took
            to.moved += took
        return True

    def expire(self, now: datetime) -> None:
        for lot in self.lots:
            if not lot.live(now):
                self.moved -= lot.left
                lot.left = 0

    def reduce(self, units: int, now: datetime) -> bool:
        """By a person's hand, from what may be spent or not yet."""
        if self.available(now) + self.pending(now) < units:
            return False
        usable = [lot for lot in self.lots if lot.left and lot.live(now)]
        self._take(sorted(usable, key=lambda lot: lot.rank), units)
        self.moved -= units
        return True

    @staticmethod
    def _take(lots: list[PlainLot], units: int) -> list[list[object]]:
        took: list[list[object]] = []
        for lot in lots:
            some = min(lot.left, units)
            if some:
                lot.left -= some
                units -= some
                took.append([lot, some])
        return took
