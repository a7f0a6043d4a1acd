"""Gifts as pages show them: whose they are here, how they look, what is said of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from goodfor.delivery.types import MaskedCode
from goodfor.gifts import queries as gifts
from goodfor.gifts.errors import GiftNotFound
from goodfor.gifts.types import CODES, ENDED, LOOKS, MADE, OPENED, POINTS, RETURNED, GiftView
from goodfor.identity.types import ShopView
from goodfor.orders import queries as orders
from goodfor.orders.types import LineView, OrderView
from goodfor.storefront import grants
from goodfor.storefront.account import current
from goodfor.storefront.client import scheme_and_host
from goodfor.storefront.ownership import grant_for
from goodfor.storefront.types import Grant


@dataclass(frozen=True, slots=True)
class Look:
    """A skin: its name, and the colours (#rrggbb) of its paper, its band and what is written on it."""

    name: str
    label: Any
    paper: str
    band: str
    ink: str


_SKINS: Final[Mapping[str, Look]] = {
    one.name: one
    for one in (
        Look("paper", _("素纸"), "#f4ecd8", "#b4482f", "#3a2e1f"),
        Look("dusk", _("暮色"), "#33415f", "#e0b873", "#f6f1e4"),
        Look("leaf", _("新叶"), "#dcebdd", "#2f6b4a", "#1d3a2a"),
    )
}
_STATES: Final[Mapping[str, tuple[Any, str]]] = {
    MADE: (_("等朋友收下"), "amber"),
    OPENED: (_("已被收下"), "green"),
    RETURNED: (_("已收回"), "plain"),
    ENDED: (_("没人收下，已退回"), "plain"),
}


@dataclass(frozen=True, slots=True)
class ShownGift:
    """A gift with its look and the words of its state."""

    gift: GiftView

    @property
    def title(self) -> Any:
        """What it is."""
        return _("积分") if self.gift.kind == POINTS else self.gift.title

    @property
    def look(self) -> Look:
        """The skin."""
        return _SKINS.get(self.gift.look, _SKINS[LOOKS[0]])

    @property
    def label(self) -> Any:
        """Of its state."""
        return _STATES[self.gift.state][0]

    @property
    def tone(self) -> str:
        """Of the seal."""
        return _STATES[self.gift.state][1]

    @property
    def open(self) -> bool:
        """Whether it can still be taken back."""
        return self.gift.state == MADE


@dataclass(frozen=True, slots=True)
class GivableLine:
    """A line of an order with those of its codes that can be given."""

    line: LineView
    codes: list[MaskedCode]


def skins() -> list[Look]:
    """Those to choose from."""
    return [_SKINS[name] for name in LOOKS]


def givable_lines(shop: ShopView, order: OrderView, now: datetime) -> list[GivableLine]:
    """Lines of a delivered order of which something can be given that has not ended."""
    if order.state != "delivered":
        return []
    free = orders.can_be_given(shop.id, [line.line_id for line in order.lines])
    free = [one for one in free if one.expires_at is None or one.expires_at > now]
    found = [GivableLine(line, [one for one in free if one.line_id == line.line_id]) for line in order.lines]
    return [one for one in found if one.codes]


def giver_of(grant: Grant) -> str:
    """How whoever may see an order is named as a giver of its codes."""
    return f"buyer:{grant.buyer_id.hex}" if grant.buyer_id else f"order:{grant.number}"


def given_here(request: HttpRequest, shop: ShopView, number: str) -> GiftView:
    """A gift of who asks: of the account, of this browser, or of an order that they may see. Raises GiftNotFound."""
    buyer = current(request, shop)
    refs = [buyer.ref] if buyer else [grants.buyer_ref(request, shop.id)]
    refs += [f"order:{one.number}" for one in grants.grants_of(request, shop.id)]
    try:
        return gifts.gift_of_giver(shop.id, number, refs)
    except GiftNotFound:
        # Given by the order's secret, before the order came into the account.
        found = gifts.gift_numbered(shop.id, number)
        kind, _sep, of_order = found.giver_ref.partition(":")
        if kind == "order" and found.kind == CODES and grant_for(request, shop, of_order) is not None:
            return found
        raise


def link_of(request: HttpRequest, shop: ShopView, gift: GiftView) -> str:
    """The link to send, while it is good for anything; then empty."""
    secret = gifts.link_secret(shop.id, gift.id)
    return scheme_and_host(request) + reverse("storefront:gift", args=[secret]) if secret else ""
