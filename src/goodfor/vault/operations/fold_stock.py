"""Fold the tail of stock changes into the counts, and tend the lots that changed."""

from datetime import datetime

from django.db import transaction

from goodfor.kernel.sql import Statement
from goodfor.kernel.statemachine import record_history
from goodfor.kernel.tenancy import platform_job
from goodfor.vault.locks import alone_in
from goodfor.vault.states import LOT_MACHINE

CHUNK = 20_000
_FOLD = Statement("goodfor.vault", "sql/fold.sql")
_TEND = Statement("goodfor.vault", "sql/tend_lots.sql")


@transaction.atomic
def fold_stock(*, limit: int = CHUNK, now: datetime) -> int:
    """Fold up to `limit` changes; lots without codes to sell drain, refilled ones open. Returns how many changes; 0 too
    while another process is in it.

    Claims never wait for it: they read lots, and write only codes and new changes.
    """
    if not alone_in("vault.fold_stock"):
        return 0
    with platform_job("fold stock"):
        row = _FOLD.row({"limit": limit})
        assert row is not None
        if not row[1]:
            return 0
        for shop_id, lot_id, was, becomes in _TEND.rows({"lot_ids": row[1]}):
            record_history(
                shop_id=shop_id,
                machine=LOT_MACHINE,
                subject_id=lot_id,
                moves=[(was, becomes)],
                actor="system",
                cause="fold_stock",
                now=now,
            )
    return int(row[0])
