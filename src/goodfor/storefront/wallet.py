"""The code wallet: what an order's lines hold, masked, with those just revealed opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import Guide
from goodfor.delivery import queries as delivery
from goodfor.delivery.types import MaskedCode, RevealedCode
from goodfor.kernel.errors import NotFound
from goodfor.orders import queries as orders
from goodfor.orders.types import GivenCode, LineView, OrderView
from goodfor.storefront.types import Grant

CODES_A_PAGE = 50
ORDERS_A_PAGE = 20
HOLDING = ("delivered",)


@dataclass(frozen=True, slots=True)
class ShownCode:
    """One code on the page; `number` and `secret` only right after it was revealed."""

    code_id: UUID
    position: int
    expires_at: datetime | None
    revealed_at: datetime | None
    number: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    #: Given to somebody else: `held` until they take it, then `passed`; else empty.
    away: str = ""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """An order line with those of its codes that are on this page."""

    line: LineView
    codes: list[ShownCode]


@dataclass(frozen=True, slots=True)
class CodePage:
    """One page of an order's codes, out of `total`."""

    codes: list[MaskedCode]
    total: int
    number: int
    pages: int

    @property
    def previous(self) -> int:
        """The page before, 0 for none."""
        return self.number - 1

    @property
    def following(self) -> int:
        """The page after, 0 for none."""
        return self.number + 1 if self.number < self.pages else 0


@dataclass(frozen=True, slots=True)
class Entry:
    """An order in the wallet."""

    order: OrderView
    title: str


@dataclass(frozen=True, slots=True)
class AccountPage:
    """A page of an account's orders; `next` is the cursor of the following one, empty for none."""

    entries: list[Entry]
    next: str


def code_page(shop_id: UUID, order: OrderView, asked: str) -> CodePage:
    """The masked codes of a delivered order, at most 50 at once; none for any other state."""
    held = delivery.masked_codes(shop_id, [line.line_id for line in order.lines]) if order.state in HOLDING else []
    pages = max(1, -(-len(held) // CODES_A_PAGE))
    number = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    start = (number - 1) * CODES_A_PAGE
    return CodePage(list(held[start : start + CODES_A_PAGE]), len(held), number, pages)


def code_position(shop_id: UUID, order: OrderView, code_id: UUID) -> int:
    """Which of the order's codes it is, counted from 1."""
    held = delivery.masked_codes(shop_id, [line.line_id for line in order.lines])
    return next((code.position for code in held if code.code_id == code_id), 1)


def guides_of(shop_id: UUID, order: OrderView) -> list[Guide]:
    """How what was bought is used, in the order of the lines."""
    known = catalog.guides(shop_id, [line.sku_id for line in order.lines])
    return [known[line.sku_id] for line in order.lines if line.sku_id in known]


def lines_with_codes(
    order: OrderView, codes: Sequence[MaskedCode], revealed: Sequence[RevealedCode],
    away: Mapping[UUID, GivenCode] = MappingProxyType({}),
) -> list[ShownLine]:  # fmt: skip
    """The order's lines, each with its codes of this page."""
    opened = {code.code_id: code for code in revealed}
    by_line: dict[UUID, list[ShownCode]] = {}
    for code in codes:
        by_line.setdefault(code.line_id, []).append(_shown(code, opened.get(code.code_id), away.get(code.code_id)))
    return [ShownLine(line, by_line.get(line.line_id, [])) for line in order.lines]


def wallet(shop_id: UUID, grants: Sequence[Grant]) -> list[Entry]:
    """The orders behind the grants, latest order first; one that is gone is left out."""
    entries: list[Entry] = []
    for grant in grants:
        try:
            order = orders.order_view(shop_id, grant.order_id)
        except NotFound:
            continue
        title = order.lines[0].title if order.lines else order.number
        entries.append(Entry(order, title))
    return sorted(entries, key=lambda entry: entry.order.placed_at, reverse=True)


def account_wallet(shop_id: UUID, buyer_ref: str, after: UUID | None) -> AccountPage:
    """The orders of an account, latest first, 20 a page."""
    found = orders.orders_of_buyer(shop_id, buyer_ref, after, ORDERS_A_PAGE + 1)
    listed = found[:ORDERS_A_PAGE]
    entries = [Entry(order, order.lines[0].title if order.lines else order.number) for order in listed]
    return AccountPage(entries, str(listed[-1].id) if len(found) > ORDERS_A_PAGE else "")


def _shown(code: MaskedCode, opened: RevealedCode | None, away: GivenCode | None) -> ShownCode:
    return ShownCode(
        code_id=code.code_id,
        position=code.position,
        expires_at=code.expires_at,
        revealed_at=code.revealed_at,
        number=(opened.number or "") if opened else "",
        secret=opened.secret if opened else "",
        away=("passed" if away.passed else "held") if away else "",
    )
