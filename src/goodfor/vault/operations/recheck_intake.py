"""Check a file anew, as the person says that it is to be read."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from goodfor.vault.errors import IntakeNotFound
from goodfor.vault.importing.reports import options_json
from goodfor.vault.models import Intake
from goodfor.vault.operations.begin_intake import check_options
from goodfor.vault.operations.move_intake import move_intake
from goodfor.vault.states import WAITING
from goodfor.vault.types import ImportOptions


@transaction.atomic
def recheck_intake(*, shop_id: UUID, intake_id: UUID, options: ImportOptions, actor: str, now: datetime) -> None:
    """The last report is gone, and a confirmation of it with it.

    Raises IntakeNotFound, IntakeMoved, IllegalTransition (it is being checked, or confirmed), InvalidBatch.
    """
    check_options(options, now)
    row = Intake.objects.filter(shop_id=shop_id, id=intake_id).first()
    if row is None:
        raise IntakeNotFound
    move_intake(
        row,
        WAITING,
        actor=actor,
        cause="settings",
        now=now,
        options=options_json(options),
        report=None,
        problem="",
        bytes_done=0,
        lines_done=0,
        accepted=0,
        checks=F("checks") + 1,
    )
