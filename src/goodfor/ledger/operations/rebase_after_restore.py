"""Make a restored ledger safe to go on with."""

from datetime import datetime

from django.db import transaction

from goodfor.kernel import invariants
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.ledger.errors import SealBroken
from goodfor.ledger.invariants import SEAL_UNBROKEN, XIDS

REBASE = Statement("goodfor.ledger", "sql/rebase.sql")


def rebase_after_restore(*, now: datetime) -> bool:
    """Part of `./goodfor manage after_restore`, which does the same for events and the audit trail.

    To be run after a logical dump was loaded into a new cluster, before anything writes. The hash chain is checked
    first (SealBroken when it does not hold); then stored transaction ids are set to 0, the rollups rebuilt and a new
    generation of seals begun. False, and nothing is done, where no stored id lies in the future. Physical backups
    and pg_upgrade do not need it.
    """
    with platform_job("ledger rebase"), transaction.atomic():
        result = invariants.run(SEAL_UNBROKEN, now)
        if not result.ok:
            raise SealBroken(count=result.count)
        if invariants.run(XIDS, now).ok:
            return False
        REBASE.run({})
    return True
