"""Every row lock of aftersales outside of sql/.

A case is locked after the row of its order (`orders.operations.hold_order`) wherever both are: whoever decides holds
the order first, as claims, refunds and reveals do. With a lock timeout, as everywhere.
"""

from uuid import UUID

from django.db import connection

from goodfor.aftersales.errors import CaseNotFound
from goodfor.aftersales.models import Case
from goodfor.kernel.locks import LOCK_TIMEOUT_MS


def lock_case(shop_id: UUID, case_id: UUID) -> Case:
    """Lock a case for the rest of the transaction. Raises CaseNotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
    row = Case.objects.select_for_update().filter(shop_id=shop_id, id=case_id).first()
    if row is None:
        raise CaseNotFound
    return row
