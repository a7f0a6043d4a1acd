"""Every row lock of reconciliation outside of sql/, and the advisory lock of comparing."""

from uuid import UUID

from django.db import connection

from goodfor.kernel.locks import LOCK_TIMEOUT_MS, advisory_xact_lock
from goodfor.recon.case_models import Case
from goodfor.recon.errors import CaseNotFound
from goodfor.recon.types import Scope


def lock_scope(scope: Scope) -> None:
    """One comparing of an account at a time, since days share a pool; and none of a day that is being closed."""
    advisory_xact_lock(("recon", scope.shop_id, scope.area, scope.account), ("recon", scope.shop_id, "day", scope.day))


def lock_day(shop_id: UUID, day: object) -> None:
    """A day is closed by one at a time."""
    advisory_xact_lock(("recon", shop_id, "day", day))


def lock_case(shop_id: UUID, case_id: UUID) -> Case:
    """Lock a case for the rest of the transaction. Raises CaseNotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
    row = Case.objects.select_for_update().filter(shop_id=shop_id, id=case_id).first()
    if row is None:
        raise CaseNotFound
    return row
