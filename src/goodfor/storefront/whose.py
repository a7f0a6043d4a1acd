"""Whose telephone or mailbox a one-time code may go to, where it must be the owner's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.http import HttpRequest

from goodfor.identity import queries as identity
from goodfor.identity.types import ShopView, SignedInBuyer
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.storefront import kept
from goodfor.storefront.account import current
from goodfor.storefront.types import Grant

#: A contact that came into an account later than that is not yet its owner's for sure: whoever stole a session adds
#: their own and would be asked by that.
SETTLED: Final = timedelta(hours=24)
#: One that the account began with always is.
FIRST: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Whose:
    """A contact that a code may go to: what the form names it, how it is shown, what it is."""

    key: str
    masked: str
    value: str = field(repr=False)


def bound(request: HttpRequest, shop: ShopView, to: str) -> str:
    """`to` as it may be kept: an account's is that of the one that is signed in now, whoever is so later."""
    if to != kept.ACCOUNT:
        return to
    buyer = current(request, shop)
    return f"{kept.ACCOUNT}:{buyer.buyer_id.hex}" if buyer else kept.NOBODY


def contacts_of(request: HttpRequest, shop: ShopView, to: str) -> list[Whose]:
    """Those of the account that is signed in, or the one that was left with the order. `to` as `bound` has it."""
    if to.startswith(kept.ORDER):
        contact = orders.desk_order(shop.id, to.removeprefix(kept.ORDER)).contact
        known = contact and identity.order_contact_index(shop.id, contact)
        return [Whose("order", orders.masked_contact(contact), contact)] if known else []
    buyer = current(request, shop)
    if buyer is None or to != f"{kept.ACCOUNT}:{buyer.buyer_id.hex}":
        return []
    return _settled(shop, buyer)


def _settled(shop: ShopView, buyer: SignedInBuyer) -> list[Whose]:
    view, now = identity.buyer_view(shop.id, buyer.buyer_id), utc_now()
    return [
        Whose(one.contact.kind, one.contact.masked, one.contact.value)
        for one in view.contacts
        if one.verified_at <= max(view.created_at + FIRST, now - SETTLED)
    ]


def is_one_of(shop: ShopView, value: str, contacts: list[Whose]) -> bool:
    """Whether a contact is one of these, however it was typed."""
    index = identity.order_contact_index(shop.id, value)
    return index is not None and any(identity.order_contact_index(shop.id, one.value) == index for one in contacts)


def code_goes_to(request: HttpRequest, shop: ShopView, grant: Grant) -> str:
    """To whose contact, for an order: the one that was left with it, else of the account that placed it; else nobody's.

    An account that took the order in later only shows that it knew the order's secret, which may be stolen.
    """
    left = f"{kept.ORDER}{grant.number}"
    if contacts_of(request, shop, left):
        return left
    return archive_goes_to(request, shop, [grant.order_id])


def archive_goes_to(request: HttpRequest, shop: ShopView, order_ids: Sequence[UUID]) -> str:
    """To the contact of the account that is signed in, where it placed all of these orders; else to nobody's."""
    buyer = current(request, shop)
    account = bound(request, shop, kept.ACCOUNT)
    if buyer is None or not _placed(shop, buyer, order_ids) or not contacts_of(request, shop, account):
        return kept.NOBODY
    return account


def _placed(shop: ShopView, buyer: SignedInBuyer, order_ids: Sequence[UUID]) -> bool:
    by = f"buyer:{buyer.ref}"
    steps = orders.order_history(shop.id, order_ids)
    mine = {step.subject_id for step in steps if step.from_state is None and step.actor == by}
    return mine >= set(order_ids)
