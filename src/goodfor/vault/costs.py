"""What single codes had cost. Part of `queries`."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from goodfor.kernel.sql import Statement

_COSTS = Statement(__package__, "sql/code_costs.sql")


@dataclass(frozen=True, slots=True)
class CodeCost:
    """What a code had cost, in minor units, and where it came from: a file's name, `supply:<purchase>`."""

    source: str
    unit_cost_minor: int
    currency: str


def code_costs(shop_id: UUID, code_ids: Sequence[UUID]) -> dict[UUID, CodeCost]:
    """Cost and source of each of these codes, in whatever state it is; codes of other shops are left out."""
    if not code_ids:
        return {}
    rows = _COSTS.rows({"shop_id": shop_id, "code_ids": list(code_ids)})
    return {row[0]: CodeCost(*row[1:]) for row in rows}
