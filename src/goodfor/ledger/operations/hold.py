"""Hold an amount."""

from datetime import datetime
from uuid import UUID

from goodfor.ledger.payload import Draft
from goodfor.ledger.types import Entry
from goodfor.ledger.writing import write


def hold(*, shop_id: UUID, currency: str, entry: Entry, now: datetime, actor: str = "system") -> int:
    """Set the entry's amounts aside (layer 1): they lower what is available, not what is posted. Returns the hold's id.

    Guarded accounts can only be taken from. Settle or void it later, once. Raises as post(), and NotAHold.
    """
    bare = Entry(entry.reference, entry.kind, (), entry.effective_at, entry.cause, entry.metadata, entry.rule_version)
    draft = Draft(bare, held=entry.lines)
    return write(shop_id=shop_id, currency=currency, drafts=[draft], actor=actor, now=now)[0]
