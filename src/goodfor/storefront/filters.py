"""What a list is narrowed to, read from the address and written back into it."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.http import HttpRequest

from goodfor.catalog.types import Filters
from goodfor.storefront.forms import typed

KINDS = ("code",)
_MOST_YUAN = Decimal(10**9)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as the form shows them: prices as typed, empty for none. What makes no sense counts as not asked."""

    query: str = ""
    price_from: str = ""
    price_to: str = ""
    kind: str = ""
    scene: str = ""
    in_stock: bool = False

    @property
    def count(self) -> int:
        """How many are set, the query aside."""
        return sum(map(bool, (self.price_from or self.price_to, self.kind, self.scene, self.in_stock)))

    @property
    def narrowed(self) -> Filters:
        """As the catalog takes them."""
        return Filters(
            scene=self.scene or None,
            price_from=_fen(self.price_from),
            price_to=_fen(self.price_to),
            delivery_kind=self.kind or None,
        )

    def address(self, after: str = "") -> str:
        """The query of an address that asks the same, from `after` on."""
        pairs = (
            ("q", self.query),
            ("from", self.price_from),
            ("to", self.price_to),
            ("kind", self.kind),
            ("scene", self.scene),
            ("stock", "1" if self.in_stock else ""),
            ("after", after),
        )
        return "?" + urlencode([(name, value) for name, value in pairs if value])


def asked_of(request: HttpRequest, *, query: str = "", scene: str = "") -> Asked:
    """The filters of an address; `scene` is that of the page, where it has one."""
    given = request.GET
    kind = given.get("kind", "")
    return Asked(
        query=query,
        price_from=_price(given.get("from", "")),
        price_to=_price(given.get("to", "")),
        kind=kind if kind in KINDS else "",
        scene=scene or typed(given.get("scene", ""), 24).strip(),
        in_stock=given.get("stock") == "1",
    )


def _price(text: str) -> str:
    """A price in yuan with two decimals at most, as it was typed, else nothing."""
    text = text.strip()[:12]
    try:
        value = Decimal(text)
    except InvalidOperation:
        return ""
    return text if text.isascii() and value.is_finite() and 0 <= value <= _MOST_YUAN else ""


def _fen(text: str) -> int | None:
    return int(Decimal(text) * 100) if text else None
