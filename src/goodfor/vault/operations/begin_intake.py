"""Hand in a file of codes: it will be checked, and imported only when somebody has looked at what was found."""

import os
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.kernel import audit
from goodfor.kernel.ids import uuid7
from goodfor.kernel.money import EXPONENTS
from goodfor.kernel.statemachine import record_history
from goodfor.vault.errors import InvalidBatch, TooManyIntakes, refusal
from goodfor.vault.importing.intake_files import intake_path, received_path
from goodfor.vault.importing.reports import options_json
from goodfor.vault.models import Intake
from goodfor.vault.parsing.problems import EMPTY_FILE, FileProblem
from goodfor.vault.states import INTAKE_ENDED, INTAKE_MACHINE, WAITING
from goodfor.vault.types import ImportOptions, ReceivedFile

#: Files of one shop on their way in at the same time.
MOST = 20


def begin_intake(
    *,
    shop_id: UUID,
    sku_id: UUID,
    received: ReceivedFile,
    filename: str,
    options: ImportOptions,
    actor: str,
    now: datetime,
) -> UUID:
    """Note the file for its check; the bytes become the intake's. On a refusal they are deleted.

    Raises FileRefused (empty_file), InvalidBatch, TooManyIntakes.
    """
    path, intake_id = received_path(received.name), uuid7()
    try:
        if received.size_bytes == 0:
            raise refusal(FileProblem(EMPTY_FILE))
        check_options(options, now)
        with transaction.atomic():
            if Intake.objects.filter(shop_id=shop_id).exclude(state__in=INTAKE_ENDED).count() >= MOST:
                raise TooManyIntakes(limit=MOST)
            row = Intake.objects.create(
                id=intake_id,
                shop_id=shop_id,
                sku_id=sku_id,
                actor=actor[:80],
                filename=filename.replace("\x00", "")[-255:],
                size_bytes=received.size_bytes,
                file_sha256=received.sha256,
                options=options_json(options),
                created_at=now,
                touched_at=now,
            )
            _written_down(row, actor, now)
            os.replace(path, intake_path(row.id, row.filename))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return intake_id


def check_options(options: ImportOptions, now: datetime) -> None:
    """Raise InvalidBatch where cost, currency or expiry make no sense."""
    if options.currency not in EXPONENTS or not 0 <= options.unit_cost_minor < 10**12:
        raise InvalidBatch(_("成本不能是负数，币种必须是支持的币种"))
    if options.expires_at is not None and options.expires_at <= now:
        raise InvalidBatch(_("有效期已过"))


def _written_down(row: Intake, actor: str, now: datetime) -> None:
    record_history(
        shop_id=row.shop_id,
        machine=INTAKE_MACHINE,
        subject_id=row.id,
        moves=[(None, WAITING)],
        actor=actor,
        cause="upload",
        now=now,
    )
    audit.record(
        shop_id=row.shop_id,
        actor=actor,
        action="vault.file_handed_in",
        subject=("vault.intake", row.id),
        data={"filename": row.filename, "size_bytes": row.size_bytes, "sku_id": str(row.sku_id)},
        now=now,
    )
