"""What goes into claims and comes out. Reached through `types`."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodfor.kernel.money import Money
from goodfor.orders.pieces import next_price


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim: `state` of `claim_states`; `answer_by` is the shop's promise."""

    id: UUID
    order_id: UUID
    line_id: UUID
    reason: str
    code_ids: tuple[UUID, ...]
    state: str
    opened_at: datetime
    answer_by: datetime
    closed_at: datetime | None
    #: What the claim itself gave back, and whether it has arrived; None where nothing was, or with the whole order.
    refund: Money | None = None
    refund_back: bool = False


@dataclass(frozen=True, slots=True)
class ClaimUnit:
    """What became of one code of a claim: `state` live, refunded, replaced or none; no code: a top-up's line.

    `restocked`: refunded, and on the shelf again, since nobody had seen it.
    """

    code_id: UUID | None
    state: str
    new_code_id: UUID | None = None
    restocked: bool = False


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of an order as it was sold, for whoever decides about it. `returned`: units whose price a claim gave back.

    `topped`: of a top-up, units that were done.
    """

    order_id: UUID
    line_id: UUID
    sku_id: UUID
    title: str
    quantity: int
    unit_price: Money
    kind: str
    returned: int
    topped: int | None
    placed_at: datetime
    delivered_at: datetime | None
    order_state: str
    #: What campaigns took off all of it; given on top: the whole of it.
    discount_minor: int = 0
    gift: bool = False

    def price_of(self, count: int) -> Money:
        """What so many pieces cost that were not given back yet; of a top-up, pieces that were done."""
        net = self.quantity * self.unit_price.amount_minor - self.discount_minor
        back = self.quantity - self.topped if self.topped is not None else self.returned
        return Money(next_price(net, self.quantity, back, count), self.unit_price.currency)


@dataclass(frozen=True, slots=True)
class ClaimOffer:
    """What a claim on these codes of one line would do now: `at_once` gives `amount` back and takes the codes back.

    Never more than the line: of the price, `left` may still be given back now and `left_after` after it. `seen` of
    the `codes` were shown, or are set aside as suspect. `blocked`: unseen, but a refund or a case of the order is open,
    or a gift would stay, so that a person answers. Of a top-up there are no codes, and nothing is at once.
    """

    codes: tuple[UUID, ...]
    seen: int
    amount: Money
    left: Money
    at_once: bool
    blocked: bool
    #: All that the order still holds: then its rest goes back, and the order is over.
    whole: bool

    @property
    def left_after(self) -> Money:
        """What may still be given back afterwards."""
        return self.left - self.amount if self.at_once else self.left
