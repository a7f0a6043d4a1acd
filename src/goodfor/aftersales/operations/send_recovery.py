"""A supplier was told what it is asked to make good."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.aftersales import states
from goodfor.aftersales.grant_models import Recovery
from goodfor.kernel import audit
from goodfor.kernel.statemachine import record_history


@transaction.atomic(savepoint=False)
def send_recoveries(
    *, shop_id: UUID, supplier_id: UUID, ref: str, actor: str, now: datetime, case_id: UUID | None = None
) -> int:
    """All that is due of a supplier, or of one case, counts as sent under `ref` (their number, a sheet); how many."""
    due = Recovery.objects.filter(shop_id=shop_id, supplier_id=supplier_id, state=states.DUE)
    if case_id is not None:
        due = due.filter(case_id=case_id)
    sent = 0
    for recovery_id in sorted(due.values_list("id", flat=True)):
        mine = Recovery.objects.filter(shop_id=shop_id, id=recovery_id, state=states.DUE)
        if mine.update(state=states.SENT, ref=ref.replace("\x00", "").strip()[:80], sent_at=now) != 1:
            continue
        sent += 1
        record_history(
            shop_id=shop_id, machine=states.RECOVERY, subject_id=recovery_id, moves=[(states.DUE, states.SENT)],
            actor=actor, cause="sent", now=now,
        )  # fmt: skip
    if sent:
        audit.record(
            shop_id=shop_id, actor=actor, action="aftersales.recoveries_sent",
            subject=("supply.supplier", supplier_id), data={"count": sent, "ref": ref[:80]}, now=now,
        )  # fmt: skip
    return sent
