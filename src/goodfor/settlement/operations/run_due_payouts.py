"""Go on with payouts whose time has come."""

from datetime import datetime
from uuid import UUID

import structlog

from goodfor.kernel.outbound.http import require_no_transaction
from goodfor.kernel.side_by_side import side_by_side
from goodfor.kernel.tenancy import platform_job
from goodfor.settlement import locks, states
from goodfor.settlement.operations.execute_payout import execute_payout

log = structlog.get_logger(__name__)

CALLS_AT_ONCE = 4
#: After so many unanswered calls to one provider in a run, the rest of its payouts wait for the next.
SILENT_CALLS = 2


def run_due_payouts(*, now: datetime, limit: int = 32) -> int:
    """All shops; how many were tried. Never inside a transaction.

    Each provider has a thread of its own, so that one that hangs keeps no other's payouts waiting.
    """
    require_no_transaction()
    ways: dict[str, list[tuple[UUID, UUID]]] = {}
    with platform_job("due payouts"):
        for shop_id, payout_id, way in locks.due_payouts(now, limit):
            ways.setdefault(way, []).append((shop_id, payout_id))

    def work(due: list[tuple[UUID, UUID]]) -> int:
        tried = silent = 0
        for shop_id, payout_id in due:
            if silent >= SILENT_CALLS:
                break
            tried += 1
            silent += not _answered(shop_id, payout_id, now)
        return tried

    return sum(side_by_side(list(ways.values()), work, at_once=CALLS_AT_ONCE))


def _answered(shop_id: UUID, payout_id: UUID, now: datetime) -> bool:
    """Try one; False without an answer. A crash is an unknown end: asked about when the lease is over."""
    try:
        view = execute_payout(shop_id=shop_id, payout_id=payout_id, now=now)
    except Exception:
        log.exception("payout_crashed", payout=str(payout_id))
        return False
    return view.state != states.UNKNOWN and not (view.state == states.CREATED and view.failure)
