"""Put somebody or something on a list, and take it off again."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.risk import rule_states as states
from goodfor.risk.errors import EntryKept, EntryKnown, EntryNotFound, InvalidEntry, InvalidList
from goodfor.risk.list_keys import TYPES
from goodfor.risk.list_models import CustomList, ListEntry
from goodfor.risk.operations.list_steps import (
    activate,
    build,
    build_by_key,
    check_entry,
    check_list,
    check_said,
    check_type,
    remove,
    take_off,
    tidy,
)
from goodfor.risk.operations.rule_steps import alone, bump, close, must_be_able, propose
from goodfor.risk.queries import entities
from goodfor.risk.rule_models import Proposal
from goodfor.risk.rule_types import Added, Change, Entry
from goodfor.risk.types import KeyKind

#: Taken off at once.
MOST: Final = 500
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


@transaction.atomic
def add_entry(
    *, shop_id: UUID, kind: str, entry: Entry, actor: str, now: datetime, name: str = "", key: int | None = None
) -> Added:  # fmt: skip
    """Put one value on a list (`name`: of a custom one). A hard block waits for a second person.

    `key` instead of a value: of something that was seen in this shop, whose value nobody has to read for it. Raises
    InvalidEntry(field), ListNotFound, EntryKnown, Forbidden.
    """
    only = check_list(shop_id, kind, name)
    if key is None:
        value, label = check_entry(entry, kind, only, now), ""
    else:
        value, label = "", _label_of(shop_id, entry, key, only)
        check_said(entry, kind, now)
    asked = ask_to_add(shop_id, kind, name, 1, entry.reason, actor, now) if kind == states.BLOCK_HARD else None
    if key is None:
        row = build(shop_id, kind, name, entry, value, actor=actor, now=now, asked=asked)
    else:
        row = build_by_key(shop_id, kind, name, entry, key, label, actor=actor, now=now, asked=asked)
    tidy(shop_id, kind, name, [row.key], now)
    held = ListEntry.objects.filter(
        shop_id=shop_id, kind=kind, name=name, key=row.key, state__in=(states.PENDING, states.ACTIVE)
    )
    if any(one.expires_at is None or one.expires_at > now for one in held):
        raise EntryKnown
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise EntryKnown from None
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_list_added", subject=("risk_list_entry", row.id),
        data={"list": name or kind, "type": entry.type, "label": row.label, "reason": row.reason,
              "expires_at": entry.expires_at.isoformat() if entry.expires_at else None, "waits": asked is not None},
        now=now,
    )  # fmt: skip
    return Added(row.id, settle_adding(asked, actor, now), asked.id if asked else None)


def _label_of(shop_id: UUID, entry: Entry, key: int, only: str | None) -> str:
    """How people see a key that acts were counted by. Raises InvalidEntry."""
    check_type(entry, only)
    try:
        place = KeyKind(entry.type), key
    except ValueError:
        raise InvalidEntry(field="type") from None
    found = entities(shop_id, [place])
    if place not in found:
        raise InvalidEntry(field="value")
    return found[place].label


def ask_to_add(shop_id: UUID, kind: str, name: str, count: int, reason: str, actor: str, now: datetime) -> Proposal:
    """Ask a second person for entries that will be stored as pending, in the caller's transaction. Raises Forbidden."""
    must_be_able(shop_id, actor)
    return propose(
        shop_id=shop_id, kind=states.OF_ADDING, subject_id=uuid7(),
        wanted={"list": kind, "name": name, "count": count}, reason=reason, actor=actor, now=now,
    )  # fmt: skip


def settle_adding(asked: Proposal | None, actor: str, now: datetime) -> bool:
    """Approve at once where the shop has nobody else who may; whether the entries count now."""
    if asked is None:
        return True
    if not alone(asked.shop_id, actor):
        return False
    close(asked, states.APPROVED, actor=actor, now=now, by_oneself=True)
    activate(asked.shop_id, asked, now)
    return True


@transaction.atomic
def remove_entries(*, shop_id: UUID, entry_ids: Sequence[UUID], reason: str, actor: str, now: datetime) -> Change:
    """Take entries of one list off. From `block` it takes a second person; a hard block stays.

    Raises EntryNotFound (also where one is off already), EntryKept, InvalidEntry(field), ProposalWaits, Forbidden.
    """
    ids = sorted(set(entry_ids))
    if not reason.strip():
        raise InvalidEntry(field="reason")
    if not 1 <= len(ids) <= MOST:
        raise InvalidEntry(field="entries")
    rows = list(ListEntry.objects.filter(shop_id=shop_id, id__in=ids, state=states.ACTIVE))
    if len(rows) != len(ids):
        raise EntryNotFound
    if len({(row.kind, row.name) for row in rows}) > 1:
        raise InvalidEntry(field="entries")
    kind, name = rows[0].kind, rows[0].name
    if kind == states.BLOCK_HARD:
        raise EntryKept
    asked = None
    if kind == states.BLOCK:
        must_be_able(shop_id, actor)
        asked = propose(
            shop_id=shop_id, kind=states.OF_REMOVING, subject_id=ids[0],
            wanted={"list": kind, "name": name, "entries": [str(one) for one in ids]}, reason=reason, actor=actor,
            now=now,
        )  # fmt: skip
        if not alone(shop_id, actor):
            return Change(False, asked.id)
        close(asked, states.APPROVED, actor=actor, now=now, by_oneself=True)
        take_off(shop_id, asked, actor=actor, now=now)
    else:
        remove(shop_id, ids, None, actor=actor, now=now)
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_list_removed", subject=("risk_list_entry", ids[0]),
        data={"list": name or kind, "count": len(ids), "labels": [row.label for row in rows[:5]], "reason": reason},
        now=now,
    )  # fmt: skip
    return Change(True, asked.id if asked else None)


@transaction.atomic
def make_list(*, shop_id: UUID, name: str, type: str, words: str, actor: str, now: datetime) -> UUID:
    """A custom list that rules can ask about. Raises InvalidList(field)."""
    if type not in TYPES:
        raise InvalidList(field="type")
    if not NAME.fullmatch(name):
        raise InvalidList(field="name")
    try:
        with transaction.atomic():
            row = CustomList.objects.create(
                shop_id=shop_id, name=name, type=type, words=words.strip()[:200], made_by=actor[:80], made_at=now
            )
    except IntegrityError:
        raise InvalidList(field="name") from None
    bump(shop_id, now)
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_list_made", subject=("risk_list", row.id),
        data={"name": name, "type": type}, now=now,
    )  # fmt: skip
    return row.id
