"""Do not import a file after all."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.vault.errors import IntakeNotFound
from goodfor.vault.importing.intake_files import intake_path
from goodfor.vault.models import Intake
from goodfor.vault.operations.move_intake import move_intake
from goodfor.vault.states import CANCELLING, CONFIRMED, DROPPED


def cancel_intake(*, shop_id: UUID, intake_id: UUID, actor: str, now: datetime, cause: str = "cancelled") -> None:
    """Drop it with its file; one that is being imported stops after its chunk, and the worker clears away the rest.

    What is on sale by then stays on sale. Raises IntakeNotFound, IntakeMoved, IllegalTransition (it has ended).
    """
    row = Intake.objects.filter(shop_id=shop_id, id=intake_id).first()
    if row is None:
        raise IntakeNotFound
    to_state = CANCELLING if row.state == CONFIRMED else DROPPED
    with transaction.atomic():
        move_intake(row, to_state, actor=actor, cause=cause, now=now)
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="vault.intake_cancelled",
            subject=("vault.intake", row.id),
            data={"state": row.state, "cause": cause},
            now=now,
        )
    if to_state == DROPPED:
        intake_path(row.id, row.filename).unlink(missing_ok=True)
