"""Lines of orders: wished, as they are shown, as they are worked with. Reached through `types`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.orders.pieces import next_price, unit_floor

#: How a line is delivered: codes, or a top-up of the account that its buyer names.
CODE, DIRECT = "code", "direct"


@dataclass(frozen=True, slots=True)
class LineRequest:
    """One wish: a SKU and how many (1 to 10,000); for a top-up what its form asks for, by name."""

    sku_id: UUID
    quantity: int
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: As part of which bundle of the same order; the same SKU may stand beside it for itself.
    bundle: UUID | None = None


@dataclass(frozen=True, slots=True)
class LineView:
    """A line as it was placed. Of a top-up: `account` masked, `topped` how many units were done, once it is over.

    `unit_price` is the list price; campaigns took `discount_minor` off all of it. `returned`: pieces whose price a
    claim gave back.
    """

    line_id: UUID
    sku_id: UUID
    title: str
    quantity: int
    unit_price: Money
    kind: str = CODE
    account: str = ""
    topped: int | None = None
    discount_minor: int = 0
    gift: bool = False
    bundle_id: UUID | None = None
    bundle_revision_id: UUID | None = None
    bundle_title: str = ""
    returned: int = 0

    @property
    def listed(self) -> Money:
        """All of it at the list price."""
        return self.unit_price * self.quantity

    @property
    def discount(self) -> Money:
        """What campaigns took off."""
        return Money(self.discount_minor, self.unit_price.currency)

    @property
    def net(self) -> Money:
        """What the line costs."""
        return self.listed - self.discount

    def price_of(self, count: int) -> Money:
        """What the next `count` pieces bring back, as far as there are some left."""
        back = self.quantity - self.topped if self.topped is not None else self.returned
        price = next_price(self.net.amount_minor, self.quantity, back, count)
        return Money(price, self.unit_price.currency)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line as delivery needs it."""

    id: UUID
    sku_id: UUID
    quantity: int
    unit_price_minor: int
    limited_buyer: str | None
    kind: str = CODE
    discount_minor: int = 0
    gift: bool = False
    returned: int = 0
    bundle_id: UUID | None = None
    bundle_revision_id: UUID | None = None
    topped: int | None = None

    @property
    def net_minor(self) -> int:
        """What all of it costs."""
        return self.quantity * self.unit_price_minor - self.discount_minor

    @property
    def least_minor(self) -> int:
        """What every piece costs at least."""
        return unit_floor(self.net_minor, self.quantity)

    def price_of(self, count: int, back: int | None = None) -> int:
        """What the next `count` pieces bring back, in minor units; `back`: after so many, else after those returned."""
        return next_price(self.net_minor, self.quantity, self.returned if back is None else back, count)
