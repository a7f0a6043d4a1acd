"""Somebody tried a planted code."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.crypto import keyring
from goodfor.kernel.events import publish
from goodfor.kernel.sql import Statement
from goodfor.risk.door_events import HoneypotTouched
from goodfor.risk.doors.types import Knock
from goodfor.risk.operations.note_meeting import note_meeting
from goodfor.risk.operations.strike import strike

_MEET = Statement("goodfor.risk", "sql/meet_honeypot.sql")


def honeypot_hash(shop_id: UUID, code: str) -> bytes:
    """How a planted code is found: 16 bytes of a keyed hash of its normal form."""
    return keyring().blind_index("risk.honeypot", shop_id.bytes + code.encode("utf-8", "surrogatepass"))


@transaction.atomic
def meet_honeypot(knock: Knock, *, honeypot_id: UUID, now: datetime) -> None:
    """Lock the asker's keys as hard as it goes, and tell (once an hour a code). The asker is answered as always."""
    strike(knock, full=True, now=now)
    row = _MEET.row({"shop_id": knock.shop_id, "id": honeypot_id, "now": now})
    if row is None:
        return
    note_meeting(shop_id=knock.shop_id, planted_id=row[0], place=knock.door.name, who=knock.shown, now=now)
    if row[2]:
        publish(
            shop_id=knock.shop_id, event=HoneypotTouched(row[0], knock.door.name, row[1]), now=now,
            cause=("risk.honeypot", row[0]),
        )  # fmt: skip
