"""Empty the cube, so that the loop sums it up from the first posting again: a measure changed, a dump was restored."""

from django.db import transaction

from goodfor.insights.models import Cube, Progress
from goodfor.insights.progress import CUBE, FLOW
from goodfor.kernel.tenancy import platform_job


@transaction.atomic
def rebuild_cube() -> None:
    """Of all shops. What is frozen of orders, the cohorts and the counted days stay; figures come back as it rolls.

    The mark of the flow goes back as well: days are counted again, with the same result.
    """
    with platform_job("cube summed up anew"):
        # The mark first, as the roll-up does: one of the two waits for the other.
        Progress.objects.filter(name__in=(CUBE, FLOW)).update(upto_xid=0)
        Cube.objects.all().delete()
