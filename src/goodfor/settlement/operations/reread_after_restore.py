"""Begin to read the books anew: places of another cluster mean nothing in this one."""

from datetime import datetime

from django.db import transaction

from goodfor.kernel.tenancy import platform_job
from goodfor.settlement.models import Feed


def reread_after_restore(*, now: datetime) -> int:  # noqa: ARG001
    """Part of `./goodfor manage after_restore`, where the ledger was rebased. What was read before is known by its key.

    Returns how many shops are read anew.
    """
    with platform_job("settlement reads anew"), transaction.atomic():
        return Feed.objects.exclude(place="").update(place="")
