"""What a company's welfare home shows: its goods, at prices with its markup, and what somebody's units do for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from goodfor.catalog import queries as catalog
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.money import Money
from goodfor.loyalty.types import EntryView
from goodfor.orders import queries as orders
from goodfor.orders.operations.quote import quote
from goodfor.orders.types import Buyer, LineRequest
from goodfor.storefront.deals import buyer_here
from goodfor.storefront.plays import Goods
from goodfor.storefront.saved import contacts_of
from goodfor.welfare import queries as welfare
from goodfor.welfare.types import CompanyView, Membership

#: Of a category, and on a page.
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """Something that a company offers, and what it costs its people."""

    goods: Goods
    price: Money
    sold_out: bool

    @property
    def image_url(self) -> str | None:
        """Its product's picture."""
        return self.goods.card.image_url


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is about to be bought, and how it would be paid: all by units, or `part` of the shop's price by them.

    `own`: what is then paid with money. None of both: units do not even begin.
    """

    goods: Goods
    quantity: int
    buyer: Buyer
    minor: int
    units: Money
    enough: bool
    part: int | None
    part_units: Money | None
    own: Money | None


def offered(shop_id: UUID, company: CompanyView) -> list[Offered]:
    """All that is on sale of what the company offers, by categories, then what is named by itself."""
    ids: list[UUID] = []
    for shelf in catalog.shelves(shop_id):
        if shelf.id in company.categories:
            for card in catalog.list_products(shop_id, category=shelf.slug, limit=MOST).items:
                ids.extend(card.sku_ids)
    ids.extend(sku_id for sku_id in company.skus if sku_id not in ids)
    left = set(orders.available(shop_id, ids[:MOST]))
    return [
        Offered(
            Goods(card, sku), Money(welfare.price_of(company, sku.price.amount_minor).units, company.currency),
            sku.id not in left,
        )
        for card, sku in catalog.products_of_skus(shop_id, ids[:MOST])
    ]  # fmt: skip


def chosen(
    request: HttpRequest, shop: ShopView, buyer: SignedInBuyer, member: Membership, goods: Goods, quantity: int,
    now: datetime,
) -> Chosen:  # fmt: skip
    """Priced for this buyer, with what campaigns take off. Raises what a quote raises."""
    here = replace(buyer_here(request, shop, buyer.ref), contact=_contact(buyer))
    minor = quote(
        shop_id=shop.id, lines=[LineRequest(goods.sku.id, quantity)], buyer=here, now=now
    ).total.amount_minor  # fmt: skip
    company, held = member.company, member.held.amount_minor
    units = welfare.price_of(company, minor).units
    # Each piece is paid with some money where money pays at all.
    part = min(welfare.bought_by(company, held), minor - quantity)
    some = part > 0 and units > held
    return Chosen(
        goods=goods, quantity=quantity, buyer=here, minor=minor, units=Money(units, company.currency),
        enough=units <= held, part=part if some else None,
        part_units=Money(welfare.price_of(company, part).units, company.currency) if some else None,
        own=Money(minor - part, company.currency) if some else None,
    )  # fmt: skip


def _contact(buyer: SignedInBuyer) -> str:
    choices = contacts_of(buyer).choices
    return choices[0].value if choices else ""


def told(rows: Sequence[EntryView], company: CompanyView) -> list[tuple[EntryView, str, Money]]:
    """Movements with what they are, in the reader's words."""
    words = {
        "earn": _("公司发放"), "spend": _("买东西"), "restore": _("退款退回"), "expire": _("到期退回公司"),
        "clawback": _("退回公司"),
    }  # fmt: skip
    return [(one, words.get(one.kind, one.kind), Money(abs(one.units), company.currency)) for one in rows]
