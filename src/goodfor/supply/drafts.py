"""Drafts and sums of trials as JSON and back. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any
from uuid import UUID

from goodfor.supply.replaying import Share
from goodfor.supply.types import DraftChange, TrialDraft, TrialShare


def written_draft(draft: TrialDraft) -> dict[str, Any]:
    """As JSON."""
    return {
        "sku": str(draft.sku_id) if draft.sku_id else None,
        "offers": {str(key): _written(change) for key, change in draft.offers.items()},
        "suppliers": {str(key): _written(change) for key, change in draft.suppliers.items()},
        "floors": {str(key): floor for key, floor in draft.floors.items()},
    }


def draft_of(told: Mapping[str, Any]) -> TrialDraft:
    """From JSON."""
    return TrialDraft(
        sku_id=UUID(told["sku"]) if told["sku"] else None,
        offers={UUID(key): _change(change) for key, change in told["offers"].items()},
        suppliers={UUID(key): _change(change) for key, change in told["suppliers"].items()},
        floors={UUID(key): int(floor) for key, floor in told["floors"].items()},
    )


def _written(change: DraftChange) -> dict[str, Any]:
    found = {one.name: getattr(change, one.name) for one in fields(change)}
    return {key: str(value) if key == "cost" else value for key, value in found.items() if value is not None}


def _change(told: Mapping[str, Any]) -> DraftChange:
    return DraftChange(**{**told, **({"cost": Decimal(told["cost"])} if "cost" in told else {})})


@dataclass(slots=True)
class Sums:
    """Running totals of a trial: shares by supplier, `really` and by the `draft`."""

    shares: dict[str, dict[str, Share]] = field(default_factory=dict)
    changed: int = 0
    unrecorded: int = 0
    really_unserved: int = 0
    unserved: Decimal = Decimal(0)

    def add(self, side: str, supplier_id: UUID, share: Share) -> None:
        """One more purchase of a supplier."""
        known = self.shares.setdefault(side, {})
        known[str(supplier_id)] = known.get(str(supplier_id), Share()).plus(share)

    def of(self, side: str) -> Mapping[UUID, TrialShare]:
        """A side, for the eyes of people."""
        return {
            UUID(key): TrialShare(one.tried, one.good, one.cost, one.margin)
            for key, one in self.shares.get(side, {}).items()
        }

    def written(self) -> dict[str, Any]:
        """As JSON: decimals exact, as texts."""
        return {
            "shares": {
                side: {key: list(map(str, (one.tried, one.good, one.cost, one.margin))) for key, one in some.items()}
                for side, some in self.shares.items()
            },
            "changed": self.changed, "unrecorded": self.unrecorded, "really_unserved": self.really_unserved,
            "unserved": str(self.unserved),
        }  # fmt: skip

    @staticmethod
    def read(told: Mapping[str, Any]) -> "Sums":
        """From JSON; nothing yet from an empty one."""
        if not told:
            return Sums()
        shares = {
            side: {key: Share(*(Decimal(number) for number in one)) for key, one in some.items()}
            for side, some in told["shares"].items()
        }
        return Sums(shares, told["changed"], told["unrecorded"], told["really_unserved"], Decimal(told["unserved"]))
