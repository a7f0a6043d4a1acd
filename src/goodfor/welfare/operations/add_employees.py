"""A list of employees: new ones are added, known ones changed; with faults nothing happens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import uuid7_batch
from goodfor.kernel.statemachine import record_many
from goodfor.welfare import parsing, states
from goodfor.welfare.contacts import domain_of, keep_mail, mail_index, normal_mail, normal_phone, seal
from goodfor.welfare.locks import lock_company
from goodfor.welfare.models import Company, Employee
from goodfor.welfare.operations.steps import moved_all, noted
from goodfor.welfare.parsing import Fault, Row
from goodfor.welfare.types import Imported

_AT_ONCE: Final = 2_000
_FIELDS: Final = (
    "name", "department", "birthday", "joined_on", "state", "left_at", "mail_key_id", "mail_blob", "mail_index",
    "phone_key_id", "phone_blob", "invite_due", "link_no",
)  # fmt: skip
#: Too early or too late for somebody who works.
_FIRST: Final = date(1950, 1, 1)


@dataclass(frozen=True, slots=True)
class _New:
    """A line that is right."""

    work_id: str
    name: str
    department: str
    mail: str
    phone: str
    birthday: int | None
    joined_on: date | None


def needs(columns: frozenset[str]) -> bool:
    """A work id and a name are the least."""
    return {parsing.WORK_ID, parsing.NAME} <= columns


@transaction.atomic(savepoint=False)
def add_employees(
    *, shop_id: UUID, company_id: UUID, data: bytes, invite: bool = False, only_look: bool = False, actor: str,
    now: datetime,
) -> Imported:  # fmt: skip
    """By work id: who is there is changed (empty cells and missing columns change nothing), who had left is back.

    `invite`: whoever has a mail address and has not joined is sent a letter with his link. `only_look`: say what would
    happen. Raises CompanyNotFound, FileUnreadable.
    """
    company = lock_company(shop_id, company_id)
    rows = parsing.rows_of(data, needs)
    known = {row.work_id: row for row in Employee.objects.filter(shop_id=shop_id, company=company)}
    new, faults = _read(company, rows, known)
    if faults:
        return Imported(faults=tuple(faults[: parsing.MOST_FAULTS]), fault_count=len(faults))
    added = sum(one.work_id not in known for one in new)
    if not only_look:
        _write(company, new, known, invite, actor, now)
        noted(
            company, "welfare.employees_listed", ("welfare_company", company.id), actor,
            {"added": added, "changed": len(new) - added}, now,
        )  # fmt: skip
    return Imported(added, len(new) - added)


def _read(company: Company, rows: Sequence[Row], known: Mapping[str, Employee]) -> tuple[list[_New], list[Fault]]:
    taken = {bytes(row.mail_index): row.work_id for row in known.values() if row.mail_index and row.left_at is None}
    found: list[_New] = []
    faults: list[Fault] = []
    ids: set[str] = set()
    mails: set[str] = set()
    for row in rows:
        one = _line(company, row)
        if isinstance(one, Fault):
            faults.append(one)
            continue
        if one.work_id in ids or (one.mail and one.mail in mails):
            faults.append(Fault(row.line, parsing.TWICE, one.work_id))
            continue
        holder = taken.get(_index(company, one, known.get(one.work_id)))
        if holder is not None and holder != one.work_id:
            faults.append(Fault(row.line, parsing.MAIL, one.work_id))
            continue
        ids.add(one.work_id)
        mails.add(one.mail)
        found.append(one)
    return found, faults


def _index(company: Company, one: _New, row: Employee | None) -> bytes:
    """Of the address that he will have: who comes back has the one of then, where the list names none."""
    if one.mail:
        return mail_index(company.shop_id, one.mail)
    return bytes(row.mail_index) if row is not None and row.mail_index is not None else b""


def _line(company: Company, row: Row) -> _New | Fault:
    work_id, name = parsing.identifier(row[parsing.WORK_ID]), row[parsing.NAME]
    if row.fault:
        return Fault(row.line, row.fault, (work_id or name)[:40])
    if not work_id or not name:
        return Fault(row.line, parsing.EMPTY, work_id or name)
    if parsing.is_number_gone_wrong(work_id):
        return Fault(row.line, parsing.CELL, work_id)
    department = row[parsing.DEPARTMENT]
    if len(work_id) > 40 or len(name) > 80 or len(department) > 80:
        return Fault(row.line, parsing.LONG, work_id[:40])
    mail, phone = normal_mail(row[parsing.MAIL_OF]), normal_phone(row[parsing.PHONE])
    if bool(mail) != bool(row[parsing.MAIL_OF]):
        return Fault(row.line, parsing.MAIL, work_id)
    if mail and company.domains and domain_of(mail) not in company.domains:
        return Fault(row.line, parsing.DOMAIN, domain_of(mail))
    if bool(phone) != bool(row[parsing.PHONE]):
        return Fault(row.line, parsing.NUMBER, work_id)
    birthday, joined = parsing.birthday_of(row[parsing.BIRTHDAY]), parsing.day_of(row[parsing.JOINED_ON])
    wrong = (row[parsing.BIRTHDAY] and birthday is None) or (row[parsing.JOINED_ON] and joined is None)
    if wrong or (joined is not None and joined < _FIRST):
        return Fault(row.line, parsing.DAY, work_id)
    return _New(work_id, name, department, mail, phone, birthday, joined)


def _write(
    company: Company, new: Sequence[_New], known: Mapping[str, Employee], invite: bool, actor: str, now: datetime
) -> None:
    fresh = [one for one in new if one.work_id not in known]
    rows = [
        Employee(id=row_id, shop_id=company.shop_id, company=company, work_id=one.work_id, made_at=now)
        for row_id, one in zip(uuid7_batch(len(fresh)) if fresh else [], fresh, strict=True)
    ]
    back = [known[one.work_id] for one in new if one.work_id in known and known[one.work_id].state == states.LEFT]
    moved_all(company.shop_id, back, states.INVITED, actor, now)
    for row in back:
        row.state, row.left_at, row.link_no = states.INVITED, None, row.link_no + 1
    named = {**known, **{row.work_id: row for row in rows}}
    for one in new:
        _fill(named[one.work_id], one, invite)
    Employee.objects.bulk_create(rows, batch_size=_AT_ONCE)
    if rows:
        record_many(
            shop_id=company.shop_id, machine=states.EMPLOYEE, subject_ids=[row.id for row in rows],
            move=(None, states.INVITED), actor=actor, cause="list", now=now,
        )  # fmt: skip
    changed = [known[one.work_id] for one in new if one.work_id in known]
    Employee.objects.bulk_update(changed, _FIELDS, batch_size=500)


def _fill(row: Employee, one: _New, invite: bool) -> None:
    told: dict[str, Any] = {
        "name": one.name, "department": one.department, "birthday": one.birthday, "joined_on": one.joined_on
    }  # fmt: skip
    for field, value in told.items():
        if value:
            setattr(row, field, value)
    if one.mail:
        kept = keep_mail(row.shop_id, row.id, one.mail)
        row.mail_key_id, row.mail_blob, row.mail_index = kept.key_id, kept.blob, kept.index
    if one.phone:
        sealed = seal(row.id, one.phone)
        row.phone_key_id, row.phone_blob = sealed.key_id, sealed.blob
    if invite and row.state == states.INVITED and row.mail_blob is not None:
        row.invite_due = True
