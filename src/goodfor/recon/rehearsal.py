"""Invented days with a known number of differences of each kind: what comparing must find, all of it and nothing else.

Seeded: the same seed makes the same days. Used by tests and by `goodfor soak recon`; nothing here is ever real.
"""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from uuid import UUID

from goodfor.recon import states
from goodfor.recon.sources import Missing
from goodfor.recon.types import BalanceWord, Brought, RowIn, Scope, Totals

DAY: Final = date(2026, 1, 5)
MAIN: Final = "alpha:main"
OTHER: Final = "alpha:other"
SUPPLIER: Final = "acme"
RATE: Final = Decimal("0.006")
_CENT: Final = Decimal("0.01")
#: Scopes are made for no shop; whoever compares puts one in.
_NOBODY: Final = UUID(int=0)
#: (category, number or account): what must be found, and how often.
Expected = Counter[tuple[str, str]]


@dataclass(slots=True)
class World:
    """What each side says, by (account, day); it is a `Sources`."""

    theirs_of: dict[tuple[str, date], list[RowIn]] = field(default_factory=dict)
    ours_of: dict[tuple[str, date], list[RowIn]] = field(default_factory=dict)
    books_of: dict[tuple[str, date], list[RowIn]] = field(default_factory=dict)
    #: Known when asked for by number alone.
    silent: dict[str, list[RowIn]] = field(default_factory=dict)
    funds_of: dict[tuple[str, date], list[RowIn] | str] = field(default_factory=dict)
    words: dict[tuple[str, date], BalanceWord] = field(default_factory=dict)
    off: dict[tuple[str, date], int] = field(default_factory=dict)
    expected: Expected = field(default_factory=Counter)
    _by_key: dict[str, list[RowIn]] = field(default_factory=dict)

    def theirs(self, scope: Scope) -> Brought:
        """The rows with the sums a file would state; one with `off` states another sum."""
        rows = self.theirs_of.get((scope.account, scope.day), [])
        came = sum(max(row.amount_minor, 0) for row in rows)
        went = -sum(min(row.amount_minor, 0) for row in rows)
        fee = sum((row.fee or Decimal(0) for row in rows), Decimal(0))
        stated = Totals(len(rows), came + self.off.get((scope.account, scope.day), 0), went, fee)
        return Brought(rows, f"{scope.account}:{scope.day}:{len(rows)}", stated)

    def funds(self, scope: Scope) -> Brought | None:
        """The movements; a text instead of rows: the file is missing."""
        rows = self.funds_of.get((scope.account, scope.day))
        if isinstance(rows, str):
            raise Missing(rows)
        return None if rows is None else Brought(rows, f"fund:{scope.day}")

    def balance(self, scope: Scope) -> BalanceWord | None:
        """What the counterparty says."""
        return self.words.get((scope.account, scope.day))

    def ours(self, scope: Scope) -> Iterable[RowIn]:
        """Rows of the day."""
        return self.ours_of.get((scope.account, scope.day), [])

    def ours_by_key(self, scope: Scope, keys: Sequence[tuple[str, str]]) -> Iterable[RowIn]:  # noqa: ARG002
        """Rows of any day and account."""
        if not self._by_key:
            for rows in self.ours_of.values():
                for row in rows:
                    self._by_key.setdefault(row.key, []).append(row)
        for key, _ref in keys:
            yield from self._by_key.get(key, ())
            yield from self.silent.get(key, ())

    def ours_by_posting(self, scope: Scope, refs: Sequence[str]) -> Iterable[RowIn]:  # noqa: ARG002
        """Rows of any day."""
        wanted = frozenset(refs)
        return [row for rows in self.ours_of.values() for row in rows if row.post_ref in wanted]

    def books(self, scope: Scope) -> Iterable[RowIn]:
        """Rows of the day."""
        return self.books_of.get((scope.account, scope.day), [])

    def books_by_reference(self, scope: Scope, refs: Sequence[str]) -> Iterable[RowIn]:
        """Rows of any day."""
        wanted = frozenset(refs)
        return [
            row
            for (account, _day), rows in self.books_of.items()
            for row in rows
            if account == scope.account and row.key in wanted
        ]

    def put(self, side: str, row: RowIn, account: str) -> None:
        """Let a side say a row."""
        of = {"theirs": self.theirs_of, "ours": self.ours_of, "books": self.books_of}[side]
        of.setdefault((account, row.day), []).append(replace(row, account=account))

    def expect(self, category: str, what: str) -> None:
        """This must be found."""
        self.expected[category, what] += 1


def channel_days(world: World, *, rows: int, each: int, seed: int) -> list[Scope]:
    """A large day with `each` of C1 to C8 and C10 among `rows`, its neighbours, and `each` accounts with C9.

    The scopes in the order in which they are to be compared; shop ids are to be put in.
    """
    rng = random.Random(seed)  # noqa: S311
    kinds = ("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C10")
    picked = rng.sample(range(rows), each * len(kinds))
    broken = {number: (kinds[place % len(kinds)], place // len(kinds)) for place, number in enumerate(picked)}
    for number in range(rows):
        category, nth = broken.get(number, ("", 0))
        _channel_row(world, rng, number, category, nth)
    for nth in range(each):
        _chain(world, rng, nth)
    days = [DAY + timedelta(days=n) for n in range(-1, 4)]
    main = [Scope(_NOBODY, states.CHANNEL, MAIN, day) for day in days]
    chains = [
        Scope(_NOBODY, states.CHANNEL, f"chain:{nth}", day)
        for nth in range(each)
        for day in (DAY - timedelta(days=1), DAY)
    ]
    return main + chains


def inside_days(world: World, *, area: str, rows: int, each: int, seed: int) -> list[Scope]:
    """The same of splits or balances: nobody keeps fees or chains there, so without C5 and C9."""
    rng = random.Random(seed)  # noqa: S311
    kinds = ("C1", "C2", "C3", "C4", "C6", "C7", "C8", "C10")
    picked = rng.sample(range(rows), each * len(kinds))
    broken = {number: (kinds[place % len(kinds)], place // len(kinds)) for place, number in enumerate(picked)}
    account, words = f"{area}:main", ("share", "return") if area == states.SPLIT else ("payment", "refund")
    for number in range(rows):
        category, nth = broken.get(number, ("", 0))
        # A share that is under way here and given there differs in its state.
        nth = 1 if area == states.SPLIT and category == "C1" else nth
        _channel_row(world, rng, number, category, nth, account, words, fees=False)
    return [Scope(_NOBODY, area, account, DAY + timedelta(days=n)) for n in range(-1, 4)]


def _channel_row(
    world: World, rng: random.Random, number: int, category: str, nth: int, account: str = MAIN,
    words: tuple[str, str] = ("payment", "refund"), *, fees: bool = True,
) -> None:  # fmt: skip
    even = nth % 2 == 0
    back = category == "C4" or (not category and number % 10 == 9)
    amount = rng.randrange(100, 50_000) * (-1 if back else 1)
    at = _at(rng)
    kind, key, ref = (words[1], f"R{number:09}", f"b{number}") if back else (words[0], f"P{number:09}", f"t{number}")
    mark = "" if account == MAIN else f"{account}:"
    fee = Decimal(0) if back or not fees else -(Decimal(amount) / 100 * RATE).quantize(_CENT, ROUND_HALF_UP)
    key, booked = f"{mark}{key}", f"{mark}{'refundok' if back else 'pay'}:{number}"
    theirs = RowIn(kind, f"{mark}bill:{number}", DAY, at, amount, "CNY", key, ref, fee=fee, account=account)
    ours = RowIn(
        kind, f"{mark}fact:{number}", DAY, at, amount, "CNY", key, ref, group_key=f"o{number}",
        fee=None if back else fee, post_ref=booked, account=account,
    )  # fmt: skip
    books = RowIn(kind, f"{mark}tx:{number}", DAY, at, amount, "CNY", key=booked, post_ref=booked, account=account)
    if category:
        change = _CHANGES[category]
        change(world, theirs, ours, books, even)
        world.expect(category, booked if category == "C10" else key)
        return
    world.put("theirs", theirs, account)
    world.put("ours", ours, account)
    world.put("books", books, account)


def _theirs_only(world: World, theirs: RowIn, ours: RowIn, books: RowIn, even: bool) -> None:  # noqa: ARG001
    world.put("theirs", theirs, theirs.account)
    if even:
        waiting = replace(
            ours, source=f"payment:{ours.source}", state=states.UNSURE, post_ref="", account=theirs.account
        )
        world.silent.setdefault(ours.key, []).append(waiting)


def _ours_only(world: World, theirs: RowIn, ours: RowIn, books: RowIn, even: bool) -> None:  # noqa: ARG001
    world.put("ours", ours, theirs.account)
    world.put("books", books, theirs.account)


def _amount(world: World, theirs: RowIn, ours: RowIn, books: RowIn, even: bool) -> None:
    off = 1 if even else -1
    # Nobody is to find the fee as well: it is right for the other amount.
    world.put("theirs", replace(theirs, amount_minor=theirs.amount_minor + off), theirs.account)
    world.put("ours", ours, theirs.account)
    world.put("books", books, theirs.account)


def _state(world: World, theirs: RowIn, ours: RowIn, books: RowIn, even: bool) -> None:
    if even:
        world.put("theirs", theirs, theirs.account)
        asked = replace(ours, source=f"refund:{ours.source}", state=states.UNSURE, post_ref="", account=theirs.account)
        world.silent.setdefault(ours.key, []).append(asked)
        return
    world.put("theirs", replace(theirs, state=states.VOID), theirs.account)
    world.put("ours", ours, theirs.account)
    world.put("books", books, theirs.account)


def _fee(world: World, theirs: RowIn, ours: RowIn, books: RowIn, even: bool) -> None:
    off = Decimal("0.02") if even else Decimal("-0.01001")
    world.put("theirs", replace(theirs, fee=(theirs.fee or Decimal(0)) + off), theirs.account)
    world.put("ours", ours, theirs.account)
    world.put("books", books, theirs.account)


def _twice(world: World, theirs: RowIn, ours: RowIn, books: RowIn, even: bool) -> None:
    world.put("theirs", theirs, theirs.account)
    world.put("ours", ours if even else replace(ours, state=states.EXTRA), theirs.account)
    world.put("books", books, theirs.account)
    if even:
        again = replace(theirs, source=f"{theirs.source}:again", alt_key=f"{theirs.alt_key}x")
        world.put("theirs", replace(again, at=theirs.at + timedelta(seconds=5)), theirs.account)


def _shifted(world: World, theirs: RowIn, ours: RowIn, books: RowIn, even: bool) -> None:
    by = timedelta(days=-1 if even else 1)
    world.put("theirs", theirs, theirs.account)
    world.put("ours", replace(ours, day=DAY + by, at=ours.at + by), theirs.account)
    world.put("books", replace(books, day=DAY + by, at=books.at + by), theirs.account)


def _elsewhere(world: World, theirs: RowIn, ours: RowIn, books: RowIn, even: bool) -> None:
    world.put("theirs", theirs if even else replace(theirs, currency="USD"), theirs.account)
    account = OTHER if even else theirs.account
    world.put("ours", ours, account)
    world.put("books", books, account)


def _unbooked(world: World, theirs: RowIn, ours: RowIn, books: RowIn, even: bool) -> None:
    world.put("theirs", theirs, theirs.account)
    world.put("ours", ours, theirs.account)
    if even:
        world.put("books", replace(books, amount_minor=books.amount_minor - 1), theirs.account)


_CHANGES: Final = {
    "C1": _theirs_only, "C2": _ours_only, "C3": _amount, "C4": _state, "C5": _fee, "C6": _twice, "C7": _shifted,
    "C8": _elsewhere, "C10": _unbooked,
}  # fmt: skip


def _chain(world: World, rng: random.Random, nth: int) -> None:
    """A small account whose day is broken as a whole: a row of the balance missing, another opening, no file, a sum."""
    account, before = f"chain:{nth}", DAY - timedelta(days=1)
    balance = rng.randrange(10_000, 90_000)
    for day in (before, DAY):
        moves = [rng.randrange(100, 5_000) for _ in range(5)]
        funds = []
        for place, amount in enumerate(moves):
            balance += amount
            at = datetime(day.year, day.month, day.day, 1 + place, tzinfo=UTC)
            source = f"fund:{nth}:{day}:{place}"
            funds.append(RowIn("other", source, day, at, amount, "CNY", balance_minor=balance))
        world.funds_of[account, day] = funds
    funds = list(world.funds_of[account, DAY])  # type: ignore[arg-type]
    ways: tuple[list[RowIn] | str, ...] = (
        [*funds[:2], *funds[3:]],
        [replace(row, balance_minor=(row.balance_minor or 0) + 7) for row in funds],
        "no_file",
        funds,
    )
    world.funds_of[account, DAY] = ways[nth % 4]
    if nth % 4 == 3:
        world.off[account, DAY] = 5
    world.expect("C9", account)


def supplier_days(world: World, *, rows: int, each: int, seed: int) -> list[Scope]:
    """A supplier's day with `each` of S1 to S5 among `rows`, the days after it, and `each` suppliers with S6."""
    rng = random.Random(seed)  # noqa: S311
    kinds = ("S1", "S2", "S3", "S4", "S5")
    picked = rng.sample(range(rows), each * len(kinds))
    broken = {number: (kinds[place % len(kinds)], place // len(kinds)) for place, number in enumerate(picked)}
    for number in range(rows):
        category, nth = broken.get(number, ("", 0))
        _supplier_row(world, rng, number, category, nth % 2 == 0)
    for nth in range(each):
        world.words[f"acme{nth}", DAY] = BalanceWord(Decimal("100.5"), Decimal("100.5") + Decimal(nth + 1) / 1000)
        world.expect("S6", f"acme{nth}")
    days = [DAY + timedelta(days=n) for n in range(4)]
    return [Scope(_NOBODY, states.SUPPLIER, SUPPLIER, day) for day in days] + [
        Scope(_NOBODY, states.SUPPLIER, f"acme{nth}", DAY) for nth in range(each)
    ]


def _supplier_row(world: World, rng: random.Random, number: int, category: str, even: bool) -> None:
    amount, rest, at = -rng.randrange(100, 50_000), -rng.randrange(0, 10_000), _at(rng)
    # Every third time the supplier does not know our number, only its own.
    key, ref = f"Q{number:09}", f"s{number}"
    theirs = RowIn("charge", f"line:{number}", DAY, at, amount, "CNY", "" if number % 3 == 0 else key, ref, "", rest)
    ours = RowIn("charge", f"charge:{number}", DAY, at, amount, "CNY", key, ref, f"o{number}", rest)
    if category == "S1":
        ours = replace(ours, state=states.VOID, account=SUPPLIER)
        if even:
            # Of a purchase that failed here; it is found by our number.
            theirs = replace(theirs, key=key)
            world.silent.setdefault(key, []).append(ours)
    elif category == "S3":
        theirs = replace(theirs, amount_minor=amount - 1) if even else replace(theirs, amount_rest=rest - 1)
    elif category == "S5":
        ours = replace(ours, state=states.LATE)
    if category != "S2":
        world.put("theirs", theirs, SUPPLIER)
    if category == "S4":
        world.put("theirs", replace(theirs, source=f"{theirs.source}:again"), SUPPLIER)
    if category != "S1":
        world.put("ours", ours, SUPPLIER)
    if category:
        world.expect(category, key if category == "S2" or theirs.key else ref)


def _at(rng: random.Random) -> datetime:
    return datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) + timedelta(seconds=rng.randrange(86_400))
