"""Reading a stored transaction back, to undo it."""

from dataclasses import replace
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.ledger.errors import NotAHold, TxNotFound
from goodfor.ledger.models import Tx
from goodfor.ledger.types import Line, TxLines

TX_LINES = Statement(__package__, "sql/tx_lines.sql")


def tx_lines(shop_id: UUID, tx_id: int, layer: int) -> TxLines:
    """The lines of a transaction in a layer. Raises TxNotFound; NotAHold when it has none there."""
    rows = TX_LINES.rows({"shop_id": shop_id, "tx_id": tx_id, "layer": layer})
    if not rows:
        if Tx.objects.filter(shop_id=shop_id, id=tx_id).exists():
            raise NotAHold(tx_id=tx_id)
        raise TxNotFound(tx_id=tx_id)
    currency, kind, cause_type, cause_id, is_hold = rows[0][:5]
    lines = tuple(Line(*row[5:-1]) for row in rows)
    return TxLines(tx_id, currency, kind, (cause_type, cause_id), is_hold, lines, rows[0][-1])


def negated(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """The lines that undo these."""
    return tuple(replace(line, amount_minor=-line.amount_minor) for line in lines)
