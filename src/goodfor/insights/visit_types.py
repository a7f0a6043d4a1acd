"""What is told of visits of the storefront; part of `types`. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

#: How far a visit of the storefront comes.
CAME: Final = "came"
LOOKED: Final = "looked"
CHECKED_OUT: Final = "checked_out"


@dataclass(frozen=True, slots=True)
class Seen:
    """Some visits of a day: browsers that came that far for the first time that day, and pages that were shown."""

    shop_id: UUID
    day: date
    step: str
    product_id: UUID
    visitors: int
    views: int


@dataclass(frozen=True, slots=True)
class Visits:
    """Browsers of the storefront, each once a day: that came at all, looked at a product, began to check out."""

    came: int = 0
    looked: int = 0
    checked_out: int = 0
    views: int = 0
