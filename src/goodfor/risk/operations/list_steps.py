"""Small steps that operations on lists share; each runs in its caller's transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.risk import rule_states as states
from goodfor.risk.errors import InvalidEntry, ListNotFound
from goodfor.risk.list_keys import TYPES, list_key, masked, normal
from goodfor.risk.list_models import CustomList, ListEntry
from goodfor.risk.rule_models import Proposal
from goodfor.risk.rule_types import Entry
from goodfor.risk.sealing import entry_aad

SYSTEM: Final = "system"
#: What lets somebody through has to be looked at again.
ALLOW_AT_MOST: Final = timedelta(days=366)


def check_list(shop_id: UUID, kind: str, name: str) -> str | None:
    """The type that entries of this list have, None where any is right. Raises InvalidEntry(field), ListNotFound."""
    if kind not in states.LISTS or (kind == states.CUSTOM) != bool(name):
        raise InvalidEntry(field="kind")
    if kind != states.CUSTOM:
        return None
    found = CustomList.objects.filter(shop_id=shop_id, name=name).values_list("type").first()
    if found is None:
        raise ListNotFound
    return str(found[0])


def check_entry(entry: Entry, kind: str, only: str | None, now: datetime) -> str:
    """The value in its normal form. Raises InvalidEntry(field)."""
    check_type(entry, only)
    value = normal(entry.type, entry.value)
    if not value:
        raise InvalidEntry(field="value")
    check_said(entry, kind, now)
    return value


def check_type(entry: Entry, only: str | None) -> None:
    """`only`: the type of the list. Raises InvalidEntry(field)."""
    if entry.type not in TYPES or (only is not None and entry.type != only):
        raise InvalidEntry(field="type")


def check_said(entry: Entry, kind: str, now: datetime) -> None:
    """Reason, owner and end. Raises InvalidEntry(field)."""
    if not entry.reason.strip() or len(entry.reason) > 200:
        raise InvalidEntry(field="reason")
    if len(entry.owner) > 80 or (kind == states.ALLOW and not entry.owner.strip()):
        raise InvalidEntry(field="owner")
    if entry.expires_at is None:
        if kind == states.ALLOW:
            raise InvalidEntry(field="expires_at")
    elif entry.expires_at <= now or (kind == states.ALLOW and entry.expires_at > now + ALLOW_AT_MOST):
        raise InvalidEntry(field="expires_at")


def build(
    shop_id: UUID, kind: str, name: str, entry: Entry, value: str, *, actor: str, now: datetime,
    asked: Proposal | None = None,
) -> ListEntry:  # fmt: skip
    """A row for a checked entry, not stored yet: pending where a proposal says that it has to wait."""
    return build_by_key(
        shop_id, kind, name, entry, list_key(shop_id, entry.type, value), masked(entry.type, value),
        actor=actor, now=now, asked=asked, keep=value if entry.keep_value else "",
    )  # fmt: skip


def build_by_key(
    shop_id: UUID, kind: str, name: str, entry: Entry, key: int, label: str, *, actor: str, now: datetime,
    asked: Proposal | None, keep: str = "",
) -> ListEntry:  # fmt: skip
    """The same where only the key is known."""
    row = ListEntry(
        id=uuid7(), shop_id=shop_id, kind=kind, name=name, type=entry.type, key=key, label=label[:120],
        reason=entry.reason.strip(), owner=entry.owner.strip(), made_by=actor[:80], made_at=now,
        expires_at=entry.expires_at, proposal_id=asked.id if asked else None,
        state=states.PENDING if asked else states.ACTIVE,
    )  # fmt: skip
    if keep:
        sealed = keyring().seal(keep.encode(), entry_aad(row.id))
        row.value_key_id, row.value_blob = sealed.key_id, sealed.blob
    return row


def tidy(shop_id: UUID, kind: str, name: str, keys: Sequence[int], now: datetime) -> None:
    """Take off what has expired, so that it can be put on again. Hard blocks stay where they are."""
    if kind == states.BLOCK_HARD:
        return
    states.ENTRY.check(states.ACTIVE, states.REMOVED)
    ListEntry.objects.filter(
        shop_id=shop_id, kind=kind, name=name, key__in=keys, state=states.ACTIVE, expires_at__lte=now
    ).update(state=states.REMOVED, removed_by=SYSTEM, removed_at=now)


def activate(shop_id: UUID, asked: Proposal, now: datetime) -> int:  # noqa: ARG001
    """What a second person approved counts from now on; how many."""
    states.ENTRY.check(states.PENDING, states.ACTIVE)
    return ListEntry.objects.filter(shop_id=shop_id, proposal_id=asked.id, state=states.PENDING).update(
        state=states.ACTIVE
    )


def drop(shop_id: UUID, asked: Proposal, *, actor: str, now: datetime) -> int:
    """What was not approved; how many."""
    states.ENTRY.check(states.PENDING, states.DROPPED)
    return ListEntry.objects.filter(shop_id=shop_id, proposal_id=asked.id, state=states.PENDING).update(
        state=states.DROPPED, removed_by=actor[:80], removed_at=now
    )


def take_off(shop_id: UUID, asked: Proposal, *, actor: str, now: datetime) -> int:
    """The entries that a proposal names go; how many."""
    return remove(shop_id, [UUID(entry) for entry in asked.wanted["entries"]], asked.id, actor=actor, now=now)


def remove(shop_id: UUID, entry_ids: Sequence[UUID], removal_id: UUID | None, *, actor: str, now: datetime) -> int:
    """These entries go; how many were still there."""
    states.ENTRY.check(states.ACTIVE, states.REMOVED)
    return ListEntry.objects.filter(shop_id=shop_id, id__in=list(entry_ids), state=states.ACTIVE).update(
        state=states.REMOVED, removed_by=actor[:80], removed_at=now, removal_id=removal_id
    )
