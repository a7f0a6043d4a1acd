"""An account with a supplier: its statements and our purchases. Amounts have parts of a minor unit."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

from goodfor.recon import states
from goodfor.recon.importers.days import BEIJING, day_of, span
from goodfor.recon.sheet import Due
from goodfor.recon.sources import Missing
from goodfor.recon.store import units
from goodfor.recon.types import BalanceWord, Brought, RowIn, Scope
from goodfor.supply import queries as supply
from goodfor.supply.queries import BoughtRow, ToldRow
from goodfor.supply.types import SupplierView

#: A number of theirs is looked for among purchases of so many days.
LOOK_BACK: Final = timedelta(days=60)
_MILLION: Final = Decimal(1_000_000)


class SupplierSources:
    """Rows of suppliers; an account is the supplier's code."""

    def theirs(self, scope: Scope) -> Brought:
        """The lines of their last statement about the day. Raises Missing."""
        supplier = _supplier(scope)
        since, until = span(scope.day, BEIJING)
        told = supply.told_between(scope.shop_id, supplier.id, since, until)
        if not told and not supply.told_at_all(scope.shop_id, supplier.id, since, until):
            raise Missing("no_statement")
        mark = str(told[0].statement_id) if told else "none"
        return Brought(_told(scope, told), mark)

    def funds(self, scope: Scope) -> Brought | None:  # noqa: ARG002
        """Statements have no balances."""
        return None

    def balance(self, scope: Scope) -> BalanceWord | None:
        """What the supplier says it holds, against the equation of the day."""
        supplier = _supplier(scope)
        days = supply.balance_days(scope.shop_id, supplier.id, limit=90)
        found = next((one for one in days if one.day == scope.day), None)
        if found is None or found.state != "broken":
            return None
        return BalanceWord(found.expected, found.said)

    def ours(self, scope: Scope) -> Iterator[RowIn]:
        """Purchases that were sent that day, and what came back of them."""
        since, until = span(scope.day, BEIJING)
        for row in supply.bought_between(scope.shop_id, _supplier(scope).id, since, until):
            yield from _bought(row)

    def ours_by_key(self, scope: Scope, keys: Sequence[tuple[str, str]]) -> Iterator[RowIn]:
        """By our number, and by theirs among the purchases of the last weeks."""
        since = span(scope.day, BEIJING)[0] - LOOK_BACK
        numbers, refs = [key for key, _ in keys if key], [ref for _, ref in keys if ref]
        for row in supply.bought_by_number(scope.shop_id, _supplier(scope).id, numbers, refs, since):
            yield from _bought(row)

    def ours_by_posting(self, scope: Scope, refs: Sequence[str]) -> Iterable[RowIn]:  # noqa: ARG002
        """The books of purchases are compared by their balance."""
        return ()

    def books(self, scope: Scope) -> Iterable[RowIn]:  # noqa: ARG002
        """The books of purchases are compared by their balance."""
        return ()

    def books_by_reference(self, scope: Scope, refs: Sequence[str]) -> Iterable[RowIn]:  # noqa: ARG002
        """The books of purchases are compared by their balance."""
        return ()


def suppliers_due(shop_id: UUID, day: date) -> list[Due]:
    """Suppliers whose statement of that day was taken in; those that give none are not waited for."""
    since, until = span(day, BEIJING)
    return [
        Due(states.SUPPLIER, one.code, currency=one.currency)
        for one in supply.suppliers(shop_id)
        if supply.told_at_all(shop_id, one.id, since, until)
    ]


def _supplier(scope: Scope) -> SupplierView:
    found = next((one for one in supply.suppliers(scope.shop_id) if one.code == scope.account), None)
    if found is None:
        raise Missing("no_supplier")
    return found


def _split(amount: Decimal, currency: str) -> tuple[int, int]:
    """Whole minor units, and millionths of the unit beyond, both with the sign of the amount."""
    millionths = int(amount * _MILLION)
    each = int(_MILLION) // units(currency)
    minor = abs(millionths) // each * (1 if millionths >= 0 else -1)
    return minor, millionths - minor * each


def _told(scope: Scope, lines: Sequence[ToldRow]) -> Iterator[RowIn]:
    """Lines of one purchase add up to one row; a line that is there twice, word for word, stays a row of its own."""
    seen: set[tuple[object, ...]] = set()
    sums: dict[tuple[str, str, str], tuple[ToldRow, Decimal]] = {}
    for line in lines:
        words = (line.number, line.ref, line.amount, line.at)
        kind = "charge" if line.amount < 0 else "credit"
        if (not line.number and not line.ref) or words in seen:
            yield _told_row(scope, line, kind, line.amount)
            continue
        seen.add(words)
        key = (kind, line.number, line.ref)
        first, total = sums.get(key, (line, Decimal(0)))
        sums[key] = (first, total + line.amount)
    for (kind, _number, _ref), (first, total) in sums.items():
        yield _told_row(scope, first, kind, total)


def _told_row(scope: Scope, line: ToldRow, kind: str, amount: Decimal) -> RowIn:
    minor, rest = _split(amount, scope.currency)
    return RowIn(
        kind=kind, source=f"{line.statement_id}:{line.place}", day=scope.day, at=line.at, amount_minor=minor,
        amount_rest=rest, currency=scope.currency, key=line.number, alt_key=line.ref,
    )  # fmt: skip


def _bought(row: BoughtRow) -> Iterator[RowIn]:
    day = day_of(row.sent_at, BEIJING)
    state = (states.LATE if row.late else states.DONE) if row.counts else states.VOID if row.ended else states.UNSURE
    minor, rest = _split(-row.charged, row.currency)
    if row.charged or not row.counts:
        yield RowIn(
            kind="charge", source=f"charge:{row.id}", day=day, at=row.sent_at, amount_minor=minor, amount_rest=rest,
            currency=row.currency, key=row.number, alt_key=row.ref, group_key=str(row.order_id), state=state,
        )  # fmt: skip
    if row.refunded:
        minor, rest = _split(row.refunded, row.currency)
        yield RowIn(
            kind="credit", source=f"credit:{row.id}", day=day, at=row.sent_at, amount_minor=minor, amount_rest=rest,
            currency=row.currency, key=row.number, alt_key=row.ref, group_key=str(row.order_id),
        )  # fmt: skip
