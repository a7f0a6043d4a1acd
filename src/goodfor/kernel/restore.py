"""Make the kernel's tables fit the cluster that a dump was loaded into."""

from datetime import datetime

from django.db import transaction

from goodfor.kernel import audit, invariants
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job

_NEEDED = Statement(__package__, "sql/rebase_needed.sql")
_REBASE = Statement(__package__, "sql/rebase.sql")


def rebase_after_restore(*, now: datetime) -> bool:
    """Take stored transaction ids of another cluster out of events, cursor, retries and the audit trail.

    The chain of the audit trail is checked first (ChainBroken when it does not hold); its hashes do not cover
    transaction ids, so it stays as it is and goes on. False, and nothing is done, where no stored id lies in the
    future: then they are this cluster's own, or below all that it will give out.
    """
    with platform_job("rebase after a restore"), transaction.atomic():
        if _NEEDED.row({}) == (False,):
            return False
        for truth in (audit.CHAIN_UNBROKEN, audit.HEAD_SIGNED):
            result = invariants.run(truth, now)
            # Lines that were written here since the dump was loaded look as if they had been slipped in: they are not
            # sealed, and with the next seals they will be.
            faults = [detail for _, detail in result.violations if detail != audit.SLIPPED_IN]
            if faults:
                raise audit.ChainBroken(faults[0])
        _REBASE.run({})
    return True
