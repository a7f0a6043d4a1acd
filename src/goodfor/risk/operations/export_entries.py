"""A list as a file; who took it is written down."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.crypto import Sealed, keyring
from goodfor.risk import rule_states as states
from goodfor.risk.errors import ExportNotApproved
from goodfor.risk.list_files import as_csv
from goodfor.risk.list_keys import PERSONAL
from goodfor.risk.list_models import ListEntry
from goodfor.risk.operations.list_steps import check_list
from goodfor.risk.rule_models import Proposal
from goodfor.risk.sealing import entry_aad


@transaction.atomic
def export_entries(
    *, shop_id: UUID, kind: str, actor: str, now: datetime, name: str = "", approved: UUID | None = None
) -> str:  # fmt: skip
    """What is on a list and has not expired, as CSV that `import_entries` reads.

    Personal values are there only where they were kept, and where a second person `approved` it (`ask_export`), for
    who asked and within a day; the key always is. Raises InvalidEntry(field), ListNotFound, ExportNotApproved.
    """
    check_list(shop_id, kind, name)
    with_values = approved is not None
    if approved is not None:
        _check_approval(shop_id, approved, kind, name, actor, now)
    found = ListEntry.objects.filter(shop_id=shop_id, kind=kind, name=name, state=states.ACTIVE).order_by("id")
    rows = [row for row in found if row.expires_at is None or row.expires_at > now]
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_list_exported", subject=("shop", shop_id),
        data={"list": name or kind, "rows": len(rows), "with_values": with_values}, now=now,
    )  # fmt: skip
    return as_csv(_cells(rows, with_values))


def _check_approval(shop_id: UUID, proposal_id: UUID, kind: str, name: str, actor: str, now: datetime) -> None:
    asked = Proposal.objects.filter(
        shop_id=shop_id, id=proposal_id, kind=states.OF_EXPORT, state=states.APPROVED, asked_by=actor[:80],
        decided_at__gt=now - states.FETCH_WITHIN,
    ).first()  # fmt: skip
    if asked is None or (asked.wanted["list"], asked.wanted["name"]) != (kind, name):
        raise ExportNotApproved


@transaction.atomic
def reveal_value(*, shop_id: UUID, entry_id: UUID, actor: str, now: datetime) -> str:
    """The value itself, where it was kept; empty where not. Written down."""
    row = ListEntry.objects.filter(shop_id=shop_id, id=entry_id).first()
    if row is None or row.value_blob is None:
        return ""
    audit.record(
        shop_id=shop_id, actor=actor, action="risk_list_value_seen", subject=("risk_list_entry", row.id),
        data={"label": row.label}, now=now,
    )  # fmt: skip
    return _opened(row)


def _cells(rows: Sequence[ListEntry], with_values: bool) -> Iterator[list[str]]:
    for row in rows:
        value = row.label if row.type not in PERSONAL else _opened(row) if with_values else ""
        yield [
            row.name or row.kind, row.type, value, str(row.key), row.label, row.reason, row.owner,
            row.expires_at.isoformat() if row.expires_at else "", row.state, row.made_by, row.made_at.isoformat(),
        ]  # fmt: skip


def _opened(row: ListEntry) -> str:
    if row.value_key_id is None or row.value_blob is None:
        return ""
    return keyring().open(Sealed(row.value_key_id, bytes(row.value_blob)), entry_aad(row.id)).decode()
