"""Import a file that was checked and looked at."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from goodfor.kernel import audit
from goodfor.vault.errors import BatchBusy, IntakeNotFound, ReportChanged
from goodfor.vault.models import Intake
from goodfor.vault.operations.move_intake import move_intake
from goodfor.vault.states import CANCELLING, CONFIRMED, DONE, FAILED


def confirm_intake(*, shop_id: UUID, intake_id: UUID, checks: int, actor: str, now: datetime) -> bool:
    """Have the worker import it; False, and nothing changes, when that was said before.

    `checks` names the report that was looked at. Raises IntakeNotFound, ReportChanged, IntakeMoved,
    IllegalTransition (nothing was found yet, or it was dropped), BatchBusy (the same file is being imported).
    """
    row = Intake.objects.filter(shop_id=shop_id, id=intake_id).first()
    if row is None:
        raise IntakeNotFound
    if row.state in (CONFIRMED, CANCELLING, DONE, FAILED):
        return False
    if row.checks != checks:
        raise ReportChanged
    try:
        with transaction.atomic():
            move_intake(
                row,
                CONFIRMED,
                actor=actor,
                cause="confirmed",
                now=now,
                confirmed_at=now,
                bytes_done=0,
                lines_done=0,
                accepted=0,
            )
            counts = (row.report or {}).get("counts", {})
            audit.record(
                shop_id=shop_id,
                actor=actor,
                action="vault.intake_confirmed",
                subject=("vault.intake", row.id),
                data={"expected": counts.get("accepted", 0), "cost_minor": (row.report or {}).get("cost_minor", 0)},
                now=now,
            )
    except IntegrityError as error:
        raise BatchBusy from error
    return True
