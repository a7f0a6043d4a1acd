"""What the page tests need to know about the shop that they visit."""

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class World:
    """A shop with goods and orders.

    `orders` maps a state to (number, secret) of an order in it; `delivered` is always there, with 3 codes whose
    plaintext stands in `codes`. `given` are the shop's own words, which are the same in every language.
    """

    shop_id: UUID
    product_slug: str
    sku_id: UUID
    sold_out_slug: str
    category_slug: str
    query: str
    method: str
    stock: int
    orders: dict[str, tuple[str, str]]
    codes: tuple[str, ...]
    given: tuple[str, ...] = field(default=())
