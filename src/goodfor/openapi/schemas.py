"""What goes over the wire. Inputs are strict: no unknown fields, no text where a number belongs."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

MAX_LINES = 20
MAX_QUANTITY = 10_000
MAX_IDS = 100
_VISIBLE = r"^[^\x00-\x1f\x7f]+$"
FormName = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=_VISIBLE)]
FormValue = Annotated[str, StringConstraints(max_length=2000)]
Ref = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_VISIBLE)]


class Input(BaseModel):
    """Base of request bodies."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class LineIn(Input):
    """One line of an order; each SKU at most once, and once more as part of a bundle."""

    sku_id: UUID
    quantity: int = Field(ge=1, le=MAX_QUANTITY)
    form: dict[FormName, FormValue] | None = Field(
        default=None,
        max_length=12,
        description="What a top-up asks for (`form` of its SKU), by name; kept encrypted. It is an order of its own.",
    )
    bundle_id: UUID | None = Field(
        default=None, description="As part of this bundle: all its lines together must be whole sets of it."
    )


class BuyerIn(Input):
    """Your customer, as far as you want limits per buyer to hold. `contact` is kept encrypted."""

    ref: Ref = Field(description="Your own stable reference of this customer.")
    contact: Annotated[str, StringConstraints(max_length=254, pattern=_VISIBLE)] | None = None
    ip: Annotated[str, StringConstraints(max_length=45, pattern=r"^[0-9A-Fa-f:.]+$")] | None = None
    locale: Literal["zh-hans", "en"] | None = None


class MoneyIn(Input):
    """An amount in minor units (fen, cents)."""

    amount_minor: int = Field(ge=0, le=2**53)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class OrderIn(Input):
    """An order: paid from your balance, or paid by your customer on a page of the shop.

    Paid from your balance, codes in stock are yours at once. What suppliers deliver (top-ups, codes that are not in
    stock) makes the order `paid`: it is delivered, or given back, before `deliver_by` has long passed.
    """

    lines: list[LineIn] = Field(min_length=1, max_length=MAX_LINES)
    payment: Literal["balance", "checkout"]
    external_ref: Ref | None = Field(default=None, description="Your own order number; unique among your orders.")
    max_total: MoneyIn | None = Field(
        default=None,
        description="The most that the order may cost; above it, or in another currency, nothing is bought.",
    )
    expected_total: MoneyIn | None = Field(
        default=None,
        description="What your customer was shown. Where promotions make it another one by now, nothing is ordered, and"
        " `price_changed` says what it would be.",
    )
    coupons: list[UUID] = Field(
        default_factory=list, max_length=MAX_LINES, description="Coupons to be used, in this order."
    )
    buyer: BuyerIn | None = None


class RevealIn(Input):
    """Which codes to show; all of the order without `code_ids`."""

    code_ids: list[UUID] | None = Field(default=None, min_length=1, max_length=MAX_QUANTITY)


class CancelIn(Input):
    """Nothing to say: an empty object, or no body."""


class PaymentIn(Input):
    """Where and by what your customer pays."""

    method: Annotated[
        str, StringConstraints(min_length=1, max_length=65, pattern=r"^[A-Za-z0-9_-]+(/[a-z0-9_]+)?$")
    ] = Field(description="A brand (`wechat`, `alipay`), or one account's own method: `account/mini`, `account/app`.")
    payer: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[!-~]+$")] | None = Field(
        default=None, description="The channel's own id of your customer, where the method needs it: the openid."
    )
    ip: Annotated[str, StringConstraints(max_length=45, pattern=r"^[0-9A-Fa-f:.]+$")] | None = None
    device: Literal["pc", "mobile", "wechat", "alipay", "app"] = "app"


class RefundIn(Input):
    """Why the order is given back."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_VISIBLE)] = "requested"


class MoneyOut(BaseModel):
    """An amount twice: exact text for people, minor units (fen) for arithmetic."""

    amount: str = Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$")
    amount_minor: int
    currency: str = Field(min_length=3, max_length=3)


class FieldOut(BaseModel):
    """One thing that a top-up asks for. `format` names what it must look like; `options`: one of these."""

    name: str
    label: str
    type: str
    required: bool
    hint: str
    format: str
    options: list[str]


class SkuOut(BaseModel):
    """A face value that can be ordered."""

    id: UUID
    code: str
    name: str
    face_value_label: str
    price: MoneyOut
    list_price: MoneyOut | None
    per_order_limit: int
    per_buyer_limit: int | None
    delivery_kind: Literal["code", "direct"] = Field(description="`direct`: an account is topped up, see `form`.")
    on_sale: bool
    form: list[FieldOut] = Field(description="What a top-up asks for; empty for codes.")


class ProductCardOut(BaseModel):
    """A product in the list."""

    id: UUID
    slug: str
    name: str
    summary: str
    category: str
    from_price: MoneyOut
    image_url: str | None
    sku_ids: list[UUID]


class ProductOut(BaseModel):
    """A product with its SKUs."""

    id: UUID
    slug: str
    name: str
    summary: str
    how_to_use: str
    validity_text: str
    image_url: str | None
    category: str
    on_sale: bool
    skus: list[SkuOut]


class ProductPage(BaseModel):
    """A page of products; ask for the next with `cursor`."""

    items: list[ProductCardOut]
    next_cursor: str | None


class CategoryOut(BaseModel):
    """A shelf; its `slug` filters products."""

    slug: str
    name: str
    products: int = Field(ge=0, description="How many of its products are on sale.")


class CategoriesOut(BaseModel):
    """All shelves with something on sale, in the shop's own order."""

    items: list[CategoryOut]


class StockItem(BaseModel):
    """How many can be ordered now; 0 also for SKUs that are not of this shop."""

    sku_id: UUID
    available: int = Field(ge=0)


class StockOut(BaseModel):
    """Stock in the order asked for."""

    items: list[StockItem]


class LineOut(BaseModel):
    """A line of an order."""

    id: UUID
    sku_id: UUID
    title: str
    quantity: int
    unit_price: MoneyOut = Field(description="The list price of one.")
    discount: MoneyOut = Field(description="What promotions took off all of them.")
    total: MoneyOut = Field(description="What the line costs: quantity times unit price, less the discount.")
    gift: bool = Field(description="Given on top: it costs nothing, and brings nothing back.")
    bundle_id: UUID | None = Field(description="Lines with the same id were bought together as one bundle.")
    bundle_title: str | None
    delivery_kind: Literal["code", "direct"]
    account: str | None = Field(description="Of a top-up: the account, masked.")
    done: int | None = Field(
        description="Of a top-up that is over: units that were done; the price of the others goes back."
    )


class OrderOut(BaseModel):
    """An order. A paid one ends delivered or refunded, before `deliver_by` has long passed."""

    id: UUID
    number: str
    state: Literal["placed", "paid", "delivered", "cancelled", "expired", "refunding", "refunded"]
    total: MoneyOut
    placed_at: datetime
    pay_by: datetime
    paid_at: datetime | None
    deliver_by: datetime | None
    held_until: datetime | None = Field(
        description="Set while a paid order is being checked: by then it is released for delivery, or given back."
    )
    delivered_at: datetime | None
    refunded_at: datetime | None
    refunded: MoneyOut = Field(description="What is back with you so far: all of it, or parts.")
    external_ref: str | None
    lines: list[LineOut]


class CheckoutOut(BaseModel):
    """Where your customer pays and later finds the codes. Whoever has the link holds the order."""

    url: str
    secret: str


class PaymentOut(BaseModel):
    """What comes next: follow `url` (redirect), show it as a code (qr), post `fields` to it (form), or give `fields` to
    the channel's kit (client); `done`: nothing."""

    kind: Literal["redirect", "qr", "form", "client", "done"]
    url: str
    fields: dict[str, str]


class NewOrderOut(OrderOut):
    """The order just made; `checkout` is there for payment `checkout`."""

    checkout: CheckoutOut | None


class OrderPage(BaseModel):
    """A page of orders, latest first."""

    items: list[OrderOut]
    next_cursor: str | None


class MaskedCodeOut(BaseModel):
    """A code without its text."""

    id: UUID
    line_id: UUID
    position: int
    expires_at: datetime | None
    revealed_at: datetime | None


class MaskedCodesOut(BaseModel):
    """The codes of an order."""

    items: list[MaskedCodeOut]


class CodeOut(BaseModel):
    """A code. `number` is null for codes of a single part."""

    id: UUID
    line_id: UUID
    number: str | None
    secret: str
    expires_at: datetime | None


class CodesOut(BaseModel):
    """Codes in plain text; every one shown is written down."""

    items: list[CodeOut]


class BalanceOut(BaseModel):
    """Your prepaid balance: `available` is what can be spent, `balance` what is booked."""

    available: MoneyOut
    balance: MoneyOut


class EntryOut(BaseModel):
    """A movement of your balance: `amount` above zero came in, below went out."""

    id: int
    kind: str
    reference: str
    amount: MoneyOut
    order_id: UUID | None
    at: datetime


class EntryPage(BaseModel):
    """A page of movements, latest first."""

    items: list[EntryOut]
    next_cursor: str | None


class RefundOut(BaseModel):
    """A refund, by the route the order was paid by."""

    id: UUID
    number: str
    order_number: str
    amount: MoneyOut
    state: str
    requested_at: datetime
    succeeded_at: datetime | None


class FieldError(BaseModel):
    """What is wrong with one field; never what was sent."""

    model_config = ConfigDict(json_schema_extra={"required": ["in", "pointer", "code", "message"]})

    location: Literal["body", "query", "path"] = Field(alias="in")
    pointer: str = Field(description="JSON pointer (RFC 6901) to the field.")
    code: str
    message: str


class Problem(BaseModel):
    """RFC 9457 problem details. `code` is stable; `title` and `detail` follow Accept-Language."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`urn:goodfor:problem:` and the code.")
    title: str
    status: int
    code: str
    detail: str | None = None
    instance: str | None = None
    errors: list[FieldError] | None = None
