"""The codes behind the door: a table of keyed hashes that this soak owns, and what is found in the database after."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from goodfor.cli.soak.guessing.crowd import Plan, person
from goodfor.kernel.tenancy import platform_job
from goodfor.risk.doors.codes import code_fingerprint
from goodfor.risk.operations.answered import answered
from goodfor.risk.operations.knock import knock
from goodfor.risk.types import KeyKind

TABLE = "soak_own_code"
_MAKE = f"CREATE TABLE {TABLE} (hash bytea PRIMARY KEY, number integer NOT NULL, used_at timestamptz)"
_LOOK = f"SELECT number, used_at FROM {TABLE} WHERE hash = %s"  # noqa: S608
_USE = f"UPDATE {TABLE} SET used_at = %s WHERE hash = %s AND used_at IS NULL"  # noqa: S608
_GONE = f"SELECT count(*) FROM {TABLE} WHERE used_at >= %s AND number >= %s"  # noqa: S608
_ALARMS = """
SELECT occurred_at FROM kernel_event WHERE shop_id = %s AND name = 'risk.door_under_attack' ORDER BY occurred_at
"""


def fill(plan: Plan) -> None:
    """Lay out the codes; who was here before redeems another one a week earlier, through the very door."""
    before = plan.start - timedelta(days=7)
    with connection.cursor() as cursor:
        cursor.execute(_MAKE)
    with (
        connection.connection.cursor() as cursor,
        cursor.copy(f"COPY {TABLE} (hash, number, used_at) FROM STDIN") as copy,
    ):
        for number in range(plan.codes):
            old = plan.honest <= number < 2 * plan.honest
            used_at = before if old else None
            copy.write_row((code_fingerprint(plan.shop_id, plan.code(number)), number, used_at))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {TABLE}")
    for number in range(plan.honest):
        one = person(plan, number)
        if one.known:
            made = knock(
                shop_id=plan.shop_id, door="redeem", keys={KeyKind.ADDRESS: one.ip, KeyKind.DEVICE: one.device},
                now=before, paid=4,
            )  # fmt: skip
            answered(made, good=True, now=before)


def look_up(plan: Plan, code: str) -> tuple[int, bool] | None:
    """The number of a code and whether it was used; None for one that nobody has."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, [code_fingerprint(plan.shop_id, code)])
        row = cursor.fetchone()
    return (row[0], row[1] is not None) if row else None


def use(plan: Plan, code: str, now: datetime) -> bool:
    """Redeem it; False where it was already."""
    with connection.cursor() as cursor:
        cursor.execute(_USE, [now, code_fingerprint(plan.shop_id, code)])
        return bool(cursor.rowcount == 1)


def gone(plan: Plan) -> int:
    """Codes redeemed in this run that belong to none of the honest."""
    with connection.cursor() as cursor:
        cursor.execute(_GONE, [plan.start, plan.honest])
        return int(cursor.fetchone()[0])


def alarms(plan: Plan) -> list[datetime]:
    """When the shop was told, in told time."""
    with platform_job("soak"), connection.cursor() as cursor:
        cursor.execute(_ALARMS, [plan.shop_id])
        return [row[0] for row in cursor.fetchall()]


def percentile(values: Sequence[float], share: float) -> float:
    """By rank, 0 of nothing."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3) if ordered else 0.0
