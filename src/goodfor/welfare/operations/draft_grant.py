"""A list of who is given how much is read and looked at, line by line; nothing moves."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7
from goodfor.kernel.statemachine import record_history
from goodfor.welfare import parsing, states
from goodfor.welfare.budgets import budget_of
from goodfor.welfare.contacts import mail_index, normal_mail
from goodfor.welfare.errors import FileDiffers, FileUnreadable, InvalidWelfare
from goodfor.welfare.locks import lock_company
from goodfor.welfare.mapping import grant_view
from goodfor.welfare.models import Company, Employee, Grant, GrantLine
from goodfor.welfare.operations.steps import filled, must_be_on
from goodfor.welfare.parsing import Fault, Row
from goodfor.welfare.types import GrantView, GrantWish
from goodfor.welfare.worth import MOST_MINOR

AT_ONCE: Final = 5_000
#: Shorter than a day nobody could spend it, and five years is for ever.
_SHORTEST, _LONGEST = timedelta(days=1), timedelta(days=1_830)


@dataclass(frozen=True, slots=True)
class Share:
    """What an employee is to be given; `line`: where it stands in the list."""

    employee_id: UUID
    line: int
    minor: int
    note: str = ""
    year: int | None = None


def needs(columns: frozenset[str]) -> bool:
    """An amount, and by what somebody is known."""
    return parsing.AMOUNT in columns and bool({parsing.WORK_ID, parsing.MAIL_OF} & columns)


@transaction.atomic(savepoint=False)
def draft_grant(
    *, shop_id: UUID, company_id: UUID, wish: GrantWish, data: bytes, request_key: str, actor: str, now: datetime,
    kind: str = states.FILE,
) -> GrantView:  # fmt: skip
    """A draft with every faulty line told; the same request answers what it made before.

    Raises CompanyNotFound, CompanyOff, InvalidWelfare, FileUnreadable, FileDiffers (the same request, another list).
    """
    company = lock_company(shop_id, company_id)
    must_be_on(company)
    digest = hashlib.sha256(data).digest()
    known = Grant.objects.filter(shop_id=shop_id, company=company, request_key=request_key).first()
    if known is not None:
        if bytes(known.content_hash) != digest:
            raise FileDiffers
        return grant_view(known, company.currency)
    name = filled(wish.name, 80, "name")
    if not now + _SHORTEST <= wish.ends_at <= now + _LONGEST:
        raise InvalidWelfare(field="ends_at")
    shares, faults = _read(company, parsing.rows_of(data, needs))
    total = sum(one.minor for one in shares)
    free = budget_of(company).free_minor
    if total > free:
        faults.append(Fault(0, parsing.BUDGET, str(total - free)))
    row = keep_grant(
        company, shares, actor=actor, now=now, kind=kind, name=name, request_key=request_key, content_hash=digest,
        ends_at=wish.ends_at, faults=[(one.line, one.code, one.what) for one in faults[: parsing.MOST_FAULTS]],
        fault_count=len(faults),
    )  # fmt: skip
    return grant_view(row, company.currency)


def keep_grant(company: Company, shares: Sequence[Share], *, actor: str, now: datetime, **told: Any) -> Grant:
    """Write a draft with its lines. A step in the caller's transaction."""
    row = Grant.objects.create(
        id=uuid7(), shop_id=company.shop_id, company=company, lines=len(shares),
        total_minor=sum(one.minor for one in shares), made_by=actor[:80], made_at=now, **told,
    )  # fmt: skip
    rule_id = row.rule_id
    GrantLine.objects.bulk_create(
        (
            GrantLine(
                shop_id=company.shop_id, grant_id=row.id, employee_id=one.employee_id, line=one.line, minor=one.minor,
                note=one.note, rule_id=rule_id, year=one.year,
            )
            for one in shares
        ),
        batch_size=AT_ONCE,
    )  # fmt: skip
    record_history(
        shop_id=company.shop_id, machine=states.GRANT, subject_id=row.id, moves=[(None, states.DRAFT)], actor=actor,
        cause=row.kind, now=now,
    )  # fmt: skip
    return row


class _People:
    """A company's employees by work id and by mail address."""

    def __init__(self, company: Company) -> None:
        self.shop_id = company.shop_id
        self.by_id: dict[str, tuple[UUID, str]] = {}
        self.by_mail: dict[bytes, tuple[UUID, str]] = {}
        rows = Employee.objects.filter(shop_id=company.shop_id, company=company)
        for row_id, state, work_id, index in rows.values_list("id", "state", "work_id", "mail_index"):
            self.by_id[work_id] = (row_id, state)
            if index is not None and (state != states.LEFT or bytes(index) not in self.by_mail):
                self.by_mail[bytes(index)] = (row_id, state)

    def find(self, work_id: str, mail: str) -> tuple[UUID, str] | None:
        """Who it is; where both are told they have to agree."""
        by_mail = self.by_mail.get(mail_index(self.shop_id, mail)) if mail else None
        if not work_id:
            return by_mail
        found = self.by_id.get(work_id)
        return None if mail and found != by_mail else found


def _read(company: Company, rows: Sequence[Row]) -> tuple[list[Share], list[Fault]]:
    people = _People(company)
    seen: dict[UUID, int] = {}
    shares: list[Share] = []
    faults: list[Fault] = []
    for row in rows:
        one = _line(people, row, seen)
        if isinstance(one, Fault):
            faults.append(one)
        else:
            seen[one.employee_id] = row.line
            shares.append(one)
    return shares, faults


def _line(people: _People, row: Row, seen: Mapping[UUID, int]) -> Share | Fault:
    work_id, written = parsing.identifier(row[parsing.WORK_ID]), row[parsing.MAIL_OF]
    mail, amount = normal_mail(written), row[parsing.AMOUNT]
    shown = work_id or written
    if row.fault:
        return Fault(row.line, row.fault, shown[:40])
    if not shown or not amount:
        return Fault(row.line, parsing.EMPTY, shown[:40])
    if parsing.is_number_gone_wrong(work_id) or parsing.is_number_gone_wrong(amount):
        return Fault(row.line, parsing.CELL, shown[:40])
    found = people.find(work_id, mail) if mail or not written else None
    if found is None:
        return Fault(row.line, parsing.UNKNOWN, shown[:40])
    if found[1] == states.LEFT:
        return Fault(row.line, parsing.GONE, shown[:40])
    if found[0] in seen:
        return Fault(row.line, parsing.TWICE, str(seen[found[0]]))
    minor = parsing.minor_of(amount)
    if minor is None or minor > MOST_MINOR:
        return Fault(row.line, parsing.NUMBER, amount[:40])
    if len(row[parsing.NOTE]) > 120:
        return Fault(row.line, parsing.LONG, shown[:40])
    return Share(found[0], row.line, minor, row[parsing.NOTE])


def as_list(pairs: Sequence[tuple[str, str, str]]) -> bytes:
    """(who, yuan, note) as the list that a person would have handed in. Raises FileUnreadable where there is none."""
    if not pairs:
        raise FileUnreadable(reason="empty")
    lines = [f"{parsing.WORK_ID}\t{parsing.MAIL_OF}\t{parsing.AMOUNT}\t{parsing.NOTE}"]
    for who, amount, note in pairs:
        cells = ("", who) if "@" in who else (who, "")
        lines.append("\t".join(" ".join(cell.replace('"', "").split()) for cell in (*cells, amount, note)))
    return "\n".join(lines).encode()
