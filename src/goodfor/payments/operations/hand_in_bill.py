"""Take in a bill's file that a person fetched from the channel's own site, where fetching it failed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.kernel import audit
from goodfor.payments import bill_files, states
from goodfor.payments.bill_models import BillFile
from goodfor.payments.errors import BillFileRefused, BillNotFound, BillTakenIn
from goodfor.payments.operations.import_bill import import_bill
from goodfor.payments.providers.bills import BadBill

#: Bytes of a file that is handed in; a zipped bill of a million rows has about half as many.
MOST: Final = 64 << 20


def hand_in_bill(
    *, shop_id: UUID, bill_id: UUID, parts: Iterable[bytes], actor: str, now: datetime
) -> int:  # fmt: skip
    """Read it as if it had been fetched, whole or not at all; how many rows. The file as the channel gives it.

    What it says moves no money: whatever only it knows is asked about at the channel first. Raises BillNotFound,
    BillTakenIn (it was before), BillFileRefused with the reason and the line; then the bill is as it was.
    """
    path = bill_files.new_path()
    try:
        size = 0
        with path.open("wb") as file:
            for part in parts:
                size += len(part)
                if size > MOST:
                    raise BillFileRefused(reason="too_large")
                file.write(part)
        with transaction.atomic():
            found = BillFile.objects.filter(shop_id=shop_id, id=bill_id)
            if not found.exists():
                raise BillNotFound
            found.filter(state=states.REFUSED).update(state=states.WANTED, problem="", problem_line=0)
            if not found.filter(state=states.WANTED).exists():
                raise BillTakenIn
            try:
                rows = import_bill(shop_id=shop_id, bill_id=bill_id, path=path, now=now)
            except BadBill as problem:
                raise BillFileRefused(reason=problem.code, line=problem.line) from None
            audit.record(
                shop_id=shop_id, actor=actor, action="payments.bill_handed_in", subject=("payments.bill", bill_id),
                data={"rows": rows, "size": size}, now=now,
            )  # fmt: skip
    finally:
        path.unlink(missing_ok=True)
    return rows
