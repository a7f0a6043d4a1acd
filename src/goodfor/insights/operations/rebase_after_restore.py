"""Make insights fit the cluster that a dump was loaded into."""

from django.db import connection, transaction

from goodfor.insights.models import Progress
from goodfor.insights.operations.rebuild_cube import rebuild_cube


@transaction.atomic
def rebase_after_restore() -> bool:
    """Part of `after_restore`, after the ledger's: marks of another cluster's transactions mean nothing here.

    False, and nothing is done, where no mark lies in this cluster's future. Else the cube is summed up anew.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        [following] = cursor.fetchone() or (0,)
    if not Progress.objects.filter(upto_xid__gt=following).exists():
        return False
    rebuild_cube()
    return True
