"""States of a bundle. Pure. It never sells below cost and floor, so that one person may put it on sale, as a price."""

from typing import Final

from goodfor.kernel.statemachine import Machine

DRAFT: Final = "draft"
ON_SALE: Final = "on_sale"
OFF_SALE: Final = "off_sale"
ARCHIVED: Final = "archived"

BUNDLE: Final = Machine(
    "promotions.bundle",
    DRAFT,
    {
        DRAFT: frozenset({ON_SALE, ARCHIVED}),
        ON_SALE: frozenset({OFF_SALE}),
        OFF_SALE: frozenset({ON_SALE, ARCHIVED}),
        ARCHIVED: frozenset(),
    },
)
