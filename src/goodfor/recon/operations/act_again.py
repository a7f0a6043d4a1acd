"""Have the machine try once more what it can do about a case."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.recon import states
from goodfor.recon.case_models import Case
from goodfor.recon.errors import NothingToTry
from goodfor.recon.locks import lock_case


def act_again(*, shop_id: UUID, case_id: UUID, actor: str, now: datetime) -> None:
    """At the loop's next turn. Raises CaseNotFound, NothingToTry (it is over, no machine can, or it is about to)."""
    with transaction.atomic():
        row = lock_case(shop_id, case_id)
        if row.state == states.CLOSED or not row.action or row.action_state == states.DUE:
            raise NothingToTry
        Case.objects.filter(shop_id=shop_id, id=case_id).update(action_state=states.DUE, next_act_at=now)
        audit.record(
            shop_id=shop_id, actor=actor, action="recon.action_again", subject=("recon.case", case_id),
            data={"category": row.category, "tries": row.tries}, now=now,
        )  # fmt: skip
