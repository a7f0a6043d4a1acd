"""Whose telephone or mailbox a one-time code may go to, where it must be the owner's."""

from dataclasses import dataclass, field

from django.http import HttpRequest

from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView
from goodfor.orders import queries as orders
from goodfor.storefront import kept
from goodfor.storefront.account import current
from goodfor.storefront.ownership import owner_of
from goodfor.storefront.types import Grant


@dataclass(frozen=True, slots=True)
class Whose:
    """A contact that a code may go to: what the form names it, how it is shown, what it is."""

    key: str
    masked: str
    value: str = field(repr=False)


def contacts_of(request: HttpRequest, shop: ShopView, to: str) -> list[Whose]:
    """Those of the account that is signed in, or the one that was left with the order. `to` as `kept` has it."""
    if to.startswith(kept.ORDER):
        contact = orders.desk_order(shop.id, to.removeprefix(kept.ORDER)).contact
        known = contact and identity.order_contact_index(shop.id, contact)
        return [Whose("order", orders.masked_contact(contact), contact)] if known else []
    buyer = current(request, shop) if to == kept.ACCOUNT else None
    if buyer is None:
        return []
    found = [(kind, identity.contact_of_buyer(shop.id, buyer.buyer_id, kind)) for kind in ("email", "phone")]
    return [Whose(kind, contact.masked, contact.value) for kind, contact in found if contact]


def is_one_of(shop: ShopView, value: str, contacts: list[Whose]) -> bool:
    """Whether a contact is one of these, however it was typed."""
    index = identity.order_contact_index(shop.id, value)
    return index is not None and any(identity.order_contact_index(shop.id, one.value) == index for one in contacts)


def code_goes_to(request: HttpRequest, shop: ShopView, grant: Grant) -> str:
    """To whose contact, for an order: its account's, else the one that was left with it; nobody's without either."""
    owner = grant.buyer_id or owner_of(request, shop, grant.number)
    ways = [kept.ACCOUNT] * bool(owner) + [f"{kept.ORDER}{grant.number}"]
    return next((to for to in ways if contacts_of(request, shop, to)), kept.NOBODY)
