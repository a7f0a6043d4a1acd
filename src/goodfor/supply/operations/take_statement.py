"""A supplier's own account, looked at, taken in once, and matched to purchases. It changes nothing in the books."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement as Sql
from goodfor.supply import statement_files as files
from goodfor.supply.account_models import Profile as ProfileRow
from goodfor.supply.account_models import Statement, StatementLine
from goodfor.supply.calling import line_to
from goodfor.supply.days import LONGEST
from goodfor.supply.errors import StatementKnown, StatementNotFound, StatementRefused, SupplierNotFound
from goodfor.supply.models import Supplier
from goodfor.supply.operations.guard import may_call
from goodfor.supply.providers.registry import connector_for
from goodfor.supply.providers.values import Doubt, Refused
from goodfor.supply.purchase_models import Attempt
from goodfor.supply.statement_profile import LineProblem, LineReader, Profile, StatementEntry, guess

_MATCH: Final = Sql("goodfor.supply", "sql/match_statement.sql")
_OURS: Final = Sql("goodfor.supply", "sql/only_ours.sql")
_SUMS: Final = Sql("goodfor.supply", "sql/statement_sums.sql")
_COLUMNS: Final = "statement_id, shop_id, place, at, number, ref, kind, amount, verdict"
SHOWN: Final = 20
#: Purchases that a click has asked about again.
MOST_ASKED: Final = 500


@dataclass(frozen=True, slots=True)
class DryRun:
    """What taking a file in would do. `problems`: the first of them; `wrong`: how many lines; `missing`: a column.

    `came` and `went` are the sums of what came back and what was charged.
    """

    mark: str
    profile: Profile
    encoding: str
    separator: str
    header_line: int
    header: tuple[str, ...]
    rows: int = 0
    skipped: int = 0
    wrong: int = 0
    came: Decimal = Decimal(0)
    went: Decimal = Decimal(0)
    from_at: datetime | None = None
    until_at: datetime | None = None
    problems: tuple[LineProblem, ...] = ()
    first: tuple[StatementEntry, ...] = ()
    missing: str = ""


@dataclass(slots=True)
class _Sums:
    """What lines add up to, as they go by."""

    rows: int = 0
    skipped: int = 0
    wrong: int = 0
    came: Decimal = Decimal(0)
    went: Decimal = Decimal(0)
    from_at: datetime | None = None
    until_at: datetime | None = None
    problems: list[LineProblem] = field(default_factory=list)
    first: list[StatementEntry] = field(default_factory=list)

    def add(self, found: StatementEntry | LineProblem | None) -> None:
        """Count a line."""
        if found is None:
            self.skipped += 1
        elif isinstance(found, LineProblem):
            self.wrong += 1
            self.problems += [found] if len(self.problems) < SHOWN else []
        else:
            self.rows += 1
            self.came += max(found.amount, Decimal(0))
            self.went -= min(found.amount, Decimal(0))
            self.first += [found] if len(self.first) < SHOWN else []
            if found.at is not None:
                self.from_at = min(self.from_at or found.at, found.at)
                self.until_at = max(self.until_at or found.at, found.at)


def profile_of(shop_id: UUID, supplier_id: UUID) -> Profile | None:
    """How this supplier's files are read; None: nobody has said so yet."""
    row = ProfileRow.objects.filter(shop_id=shop_id, supplier_id=supplier_id).first()
    return Profile.from_json(row.about) if row else None


def look_at_statement(*, shop_id: UUID, supplier_id: UUID, mark: str, profile: Profile | None = None) -> DryRun:
    """What is in the file that waits under that mark. Without a profile: the supplier's, else what the header says.

    Raises SupplierNotFound, StatementRefused.
    """
    zone = _zone(_supplier(shop_id, supplier_id))
    path = files.kept(shop_id=shop_id, supplier_id=supplier_id, mark=mark)
    known = profile or profile_of(shop_id, supplier_id)
    rows = files.Rows(path, known)
    read, reader, missing = _reader(rows.header, known, zone, told=profile is not None)
    head = (mark, read, rows.encoding, rows.separator, rows.header_line, tuple(rows.header))
    if reader is None:
        return DryRun(*head, missing=missing)
    sums = _Sums()
    for place, cells in rows:
        sums.add(reader.read(place, cells))
    return DryRun(
        *head, sums.rows, sums.skipped, sums.wrong, sums.came, sums.went, sums.from_at, sums.until_at,
        tuple(sums.problems), tuple(sums.first),
    )  # fmt: skip


def _reader(
    header: Sequence[str], known: Profile | None, zone: str, *, told: bool
) -> tuple[Profile, LineReader | None, str]:
    """By what somebody says, else by the supplier's last file where its columns are here, else by the header."""
    missing, guessed = "", guess(header)
    for read in filter(None, (known, None if told else guessed)):
        try:
            return read, LineReader(read, header, zone), ""
        except ValueError as error:
            missing = str(error)
    return (known if told and known else guessed), None, missing


def take_statement(
    *, shop_id: UUID, supplier_id: UUID, mark: str, filename: str, profile: Profile, actor: str, now: datetime
) -> UUID:
    """Take in the file that waits under that mark: every line, or none. The profile is kept for the next one.

    Raises SupplierNotFound, StatementKnown (this file was taken in before), StatementRefused.
    """
    supplier = _supplier(shop_id, supplier_id)
    path = files.kept(shop_id=shop_id, supplier_id=supplier_id, mark=mark)
    rows = files.Rows(path, profile)
    try:
        reader = LineReader(profile, rows.header, _zone(supplier))
    except ValueError as error:
        raise StatementRefused(reason="no_column", column=str(error)) from None

    def entries() -> Iterator[StatementEntry]:
        for place, cells in rows:
            found = reader.read(place, cells)
            if isinstance(found, LineProblem):
                raise StatementRefused(reason=found.code, line=found.place)
            if found is not None:
                yield found

    statement_id = _take(supplier, mark, filename, entries(), actor, now, profile=profile)
    path.unlink(missing_ok=True)
    return statement_id


def fetch_statement(*, shop_id: UUID, supplier_id: UUID, day: date, actor: str, now: datetime) -> UUID:
    """Ask the supplier for its account of a day and take it in. Outside transactions.

    Raises SupplierNotFound, StatementKnown, StatementRefused (not_offered, busy, or why they did not answer).
    """
    supplier = _supplier(shop_id, supplier_id)
    line = line_to(supplier, now)
    if line is None or line.connector.after is None or "statement" not in line.connector.can:
        raise StatementRefused(reason="not_offered")
    about = line.connector.about
    if not may_call(shop_id=shop_id, supplier_id=supplier_id, about=about, method="statement", now=now):
        raise StatementRefused(reason="busy")
    told = line.connector.after.statement(line.site, line.wire, day)
    line.hang_up(attempt_id=None, now=now)
    if isinstance(told, Refused | Doubt):
        raise StatementRefused(reason="no_answer", why=told.why if isinstance(told, Refused) else told.reason)
    if any(row.currency != supplier.currency for row in told):
        raise StatementRefused(reason="other_currency")
    entries = [
        StatementEntry(place, row.at, row.number[:64], row.ref[:64], row.kind[:32], row.amount)
        for place, row in enumerate(told, 1)
    ]
    return _take(supplier, f"api:{day}", f"API {day}", entries, actor, now)


def _take(
    supplier: Supplier, mark: str, filename: str, entries: Iterable[StatementEntry], actor: str, now: datetime,
    *, profile: Profile | None = None,
) -> UUID:  # fmt: skip
    shop_id, statement_id, sums = supplier.shop_id, uuid7(), _Sums()
    try:
        with transaction.atomic():
            row = Statement.objects.create(
                id=statement_id, shop_id=shop_id, supplier_id=supplier.id, mark=mark, filename=filename[:200],
                actor=actor[:100], created_at=now,
            )  # fmt: skip
            with (
                connection.cursor() as cursor,
                connection.wrap_database_errors,
                cursor.copy(f"COPY supply_statement_line ({_COLUMNS}) FROM STDIN") as copy,
            ):
                for one in entries:
                    sums.add(one)
                    copy.write_row(
                        (statement_id, shop_id, one.place, one.at, one.number, one.ref, one.kind, one.amount, "open")
                    )
            if not sums.rows:
                raise StatementRefused(reason="no_rows")
            row.from_at, row.until_at, row.rows = sums.from_at, sums.until_at, sums.rows
            _judge(row)
            if profile is not None:
                _keep_profile(supplier, profile, actor, now)
            data = {"filename": filename[:200], "mark": mark, "rows": sums.rows}
            _note(row, "supply.statement_taken", data, actor, now)
    except IntegrityError as error:
        if "supply_statement_once" in str(error):
            raise StatementKnown from None
        raise
    return statement_id


def _keep_profile(supplier: Supplier, profile: Profile, actor: str, now: datetime) -> None:
    if profile_of(supplier.shop_id, supplier.id) == profile:
        return
    ProfileRow.objects.update_or_create(
        supplier_id=supplier.id, shop_id=supplier.shop_id, defaults={"about": profile.as_json(), "changed_at": now}
    )
    audit.record(
        shop_id=supplier.shop_id, actor=actor, action="supply.profile_set", subject=("supply.supplier", supplier.id),
        data=dict(profile.as_json()), now=now,
    )  # fmt: skip


def _judge(row: Statement) -> None:
    """Match every line anew, by what the books say now. In the caller's transaction."""
    shop_id = row.shop_id
    StatementLine.objects.filter(shop_id=shop_id, statement_id=row.id, place__lt=0).delete()
    since = (row.from_at or row.created_at) - timedelta(days=LONGEST)
    until = (row.until_at or row.created_at) + timedelta(days=1)
    place: dict[str, Any] = {"shop_id": shop_id, "statement_id": row.id, "supplier_id": row.supplier_id}
    _MATCH.run(place | {"since": since, "until": until})
    if row.from_at is not None and row.until_at is not None:
        _OURS.run(place | {"from_at": row.from_at, "until_at": row.until_at})
    found = _SUMS.rows({"shop_id": shop_id, "statement_id": row.id})
    sums = {verdict: [count, str(theirs), str(ours)] for verdict, count, theirs, ours in found}
    Statement.objects.filter(shop_id=shop_id, id=row.id).update(
        from_at=row.from_at, until_at=row.until_at, rows=row.rows, sums=sums
    )


@transaction.atomic
def match_again(*, shop_id: UUID, statement_id: UUID) -> None:
    """Judge a statement anew, after the supplier was asked, say. Raises StatementNotFound."""
    _judge(_statement(shop_id, statement_id))


@transaction.atomic
def ask_about_statement(*, shop_id: UUID, statement_id: UUID, actor: str, now: datetime) -> int:
    """Have the supplier asked about the purchases whose amount differs; how many. Raises StatementNotFound."""
    row = _statement(shop_id, statement_id)
    lines = StatementLine.objects.filter(shop_id=shop_id, statement_id=row.id, verdict__in=("amount", "ours"))
    found = lines.order_by("place").values_list("attempt_id", flat=True)[:MOST_ASKED]
    differing = {attempt_id for attempt_id in found if attempt_id is not None}
    asked = Attempt.objects.filter(shop_id=shop_id, id__in=differing).exclude(state="sending").update(next_at=now)
    _note(row, "supply.statement_asked", {"purchases": asked}, actor, now)
    return asked


def _note(row: Statement, action: str, data: dict[str, object], actor: str, now: datetime) -> None:
    audit.record(
        shop_id=row.shop_id, actor=actor, action=action, subject=("supply.statement", row.id), data=data, now=now
    )


def _statement(shop_id: UUID, statement_id: UUID) -> Statement:
    row = Statement.objects.filter(shop_id=shop_id, id=statement_id).first()
    if row is None:
        raise StatementNotFound
    return row


def _supplier(shop_id: UUID, supplier_id: UUID) -> Supplier:
    row = Supplier.objects.filter(shop_id=shop_id, id=supplier_id).first()
    if row is None:
        raise SupplierNotFound
    return row


def _zone(supplier: Supplier) -> str:
    connector = connector_for(supplier.protocol)
    return connector.about.zone if connector else "Asia/Shanghai"
