"""What single codes had cost. Part of `queries`."""

from collections.abc import Sequence
from uuid import UUID

from goodfor.kernel.sql import Statement
from goodfor.vault.types import CodeCost

_COSTS = Statement(__package__, "sql/code_costs.sql")


def code_costs(shop_id: UUID, code_ids: Sequence[UUID]) -> dict[UUID, CodeCost]:
    """Cost and source of each of these codes, in whatever state it is; codes of other shops are left out."""
    if not code_ids:
        return {}
    rows = _COSTS.rows({"shop_id": shop_id, "code_ids": list(code_ids)})
    return {row[0]: CodeCost(*row[1:]) for row in rows}
