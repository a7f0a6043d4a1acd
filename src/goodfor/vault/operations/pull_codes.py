"""Take sold codes out of their holders' hands: they are said to be bad, or their price goes back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import IllegalTransition
from goodfor.vault.errors import CodeNotFound
from goodfor.vault.states import FREE, MACHINE, QUARANTINED

_PULL = Statement("goodfor.vault", "sql/pull.sql")
#: So many are named in the audit trail.
NAMED = 100


@transaction.atomic
def pull_codes(*, shop_id: UUID, code_ids: Sequence[UUID], reason: str, actor: str, now: datetime) -> int:
    """Quarantine sold codes; their holder stays on record and can no longer see them. Returns how many moved now.

    Those that were set aside before (quarantined or void) remain so: harmless when repeated. Waits for a reveal of the
    same codes. Raises CodeNotFound, IllegalTransition (a code that nobody bought).
    """
    wanted = sorted(set(code_ids))
    if not wanted:
        return 0
    row = _PULL.row({"shop_id": shop_id, "code_ids": wanted})
    assert row is not None
    found, unsold, pulled = row
    if found != len(wanted):
        raise CodeNotFound(missing=len(wanted) - found)
    if unsold:
        raise IllegalTransition(machine=MACHINE.name, from_state=FREE, to_state=QUARANTINED)
    if pulled:
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="vault.codes_pulled",
            subject=("codes", wanted[0]),
            data={"count": pulled, "reason": reason[:200], "code_ids": [str(one) for one in wanted[:NAMED]]},
            now=now,
        )
    return int(pulled)
