"""Periodic duties of the vault."""

from datetime import datetime, timedelta
from uuid import UUID

from goodfor.kernel.crypto import keyring
from goodfor.kernel.loops import loop
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.vault import operations

_CANCELLED = Statement(__package__, "sql/cancelled_batches.sql")
#: A pass over all codes that found nothing to rewrite counts for this long, or until the key changes.
ROTATION_REST = timedelta(hours=6)


@loop(name="vault.fold_stock", seconds=1.0)
def fold_stock(now: datetime) -> int:
    """Keep the tail of stock changes short, and lots without codes out of the way."""
    return operations.fold_stock(now=now)


@loop(name="vault.expire_reservations", seconds=5.0)
def expire_reservations(now: datetime) -> int:
    """Free what nobody released in time."""
    return operations.expire_reservations(now=now)


@loop(name="vault.expire_lots", seconds=10.0)
def expire_lots(now: datetime) -> int:
    """Lots past their expiry."""
    return operations.expire_lots(now=now)


@loop(name="vault.purge_cancelled", seconds=10.0)
def purge_cancelled(now: datetime) -> int:  # noqa: ARG001
    """Delete what cancelled imports had staged, a chunk of each at a time."""
    with platform_job("purge cancelled imports"):
        rows = _CANCELLED.rows({})
    return sum(operations.purge_batch(shop_id=shop_id, batch_id=batch_id) for shop_id, batch_id in rows)


class _Rotation:
    """Where this process is in a pass; forgetting it only means to begin the pass again."""

    def __init__(self) -> None:
        self.after: UUID | None = None
        self.found = 0
        self.clean: tuple[int, datetime] | None = None


_rotation = _Rotation()


@loop(name="vault.rotate_keys", seconds=5.0)
def rotate_keys(now: datetime) -> int:
    """Re-encrypt what is not under the active key, chunk by chunk, until a whole pass finds nothing."""
    active = keyring().active_key_id
    if _rotation.clean and _rotation.clean[0] == active and now - _rotation.clean[1] < ROTATION_REST:
        return 0
    step = operations.rotate_keys(after=_rotation.after, now=now)
    _rotation.after = step.after
    _rotation.found += step.found
    if step.after is None:
        if _rotation.found == 0:
            _rotation.clean = (active, now)
        _rotation.found = 0
    return step.found
