"""What the export of an account says of companies that its buyer works for."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from goodfor.welfare import queries as welfare

#: Of each statement, the newest.
MOST: Final = 5_000


def welfare_kept(shop_id: UUID, buyer_id: UUID, now: datetime) -> dict[str, Any]:
    """Each company that is on: as whom it knows him, what he holds, and how that moved."""
    return {
        "welfare": [
            {
                "company": one.company.name, "work_id": one.work_id, "name": one.name, "department": one.department,
                "available": one.balance.available,
                "movements": [
                    {"kind": line.kind, "units": line.units, "at": line.at, "expires_at": line.expires_at}
                    for line in welfare.movements(shop_id, one, limit=MOST)
                ],
            }
            for one in welfare.memberships(shop_id, buyer_id, now)
        ]
    }  # fmt: skip
