"""A buyer's account is erased: of groups, bargains and packs only an id of nobody stays."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from goodfor.identity import queries as identity
from goodfor.kernel import audit
from goodfor.promotions.bargain_models import Bargain, Help, HelpName
from goodfor.promotions.coupon_models import Coupon
from goodfor.promotions.group_models import Group, Place
from goodfor.promotions.limit_keys import names_of
from goodfor.promotions.pack_models import PackClaim, PackName
from goodfor.promotions.types import BuyerNames

#: Names of nobody: they only tell which places of a group are one person's.
_STAND_IN: Final = "x:"


@transaction.atomic(savepoint=False)
def forget_buyer(*, shop_id: UUID, buyer_id: UUID, now: datetime) -> int:
    """Erase device, contact and group of linked accounts wherever the account took part; the same again does nothing.

    How many rows changed. Contacts that the account has proven go from what guests did with them, too. How many persons
    a group has stays as it was: what is erased from its places is replaced by names of nobody.
    """
    ref = f"buyer:{buyer_id.hex}"
    own = [f"b:{ref}"]
    contacts = [f"p:{bytes(index).hex()}" for index in identity.contact_indexes(shop_id, buyer_id)]
    places = Place.objects.filter(shop_id=shop_id, buyer_ref=ref)
    groups = Group.objects.filter(shop_id=shop_id, head_ref=ref)
    bargains = Bargain.objects.filter(shop_id=shop_id, owner_ref=ref)
    known = {*contacts}
    for rows, column in ((places, "names"), (groups, "head_names"), (bargains, "owner_names")):
        known |= {name for names in rows.values_list(column, flat=True) for name in names}
    # One for each name, the same in every place: who shared a name with somebody shares it still.
    instead = {
        name: f"{_STAND_IN}{uuid4().hex}" for name in known if name not in own and not name.startswith(_STAND_IN)
    }
    changed = _of_places(shop_id, ref, contacts, instead)
    changed += groups.exclude(head_names=own).update(head_names=own)
    changed += bargains.exclude(owner_names=own).update(owner_names=own)
    changed += _of_heads(shop_id, contacts)
    met = {*bargains.values_list("id", flat=True)}
    met |= {*Help.objects.filter(shop_id=shop_id, helper_ref=ref).values_list("bargain_id", flat=True)}
    theirs = Q(bargain_id__in=met, name__in=known - {*own}) | Q(name__in=contacts)
    changed += HelpName.objects.filter(theirs, shop_id=shop_id).delete()[0]
    changed += _of_packs(shop_id, ref)
    given = Coupon.objects.filter(shop_id=shop_id, buyer_ref=ref, gift_hash__isnull=False)
    changed += given.update(gift_hash=None, gift_until=None)
    audit.record(
        shop_id=shop_id, actor="system", action="promotions_buyer_forgotten", subject=("buyer", buyer_id),
        data={"rows": changed}, now=now,
    )  # fmt: skip
    return changed


def _of_places(shop_id: UUID, ref: str, contacts: Sequence[str], instead: Mapping[str, str]) -> int:
    """The account's own places, those of others in the same groups, and those of guests with its contacts."""
    own, changed = f"b:{ref}", 0
    groups = list(Place.objects.filter(shop_id=shop_id, buyer_ref=ref).values_list("group_id", flat=True))
    theirs = Q(names__overlap=list(contacts)) | Q(group_id__in=groups, names__overlap=list(instead))
    for row in Place.objects.filter(Q(buyer_ref=ref) | theirs, shop_id=shop_id).order_by("order_id"):
        names = [instead.get(name, name) for name in row.names]
        if row.buyer_ref == ref and own not in names:
            names = [own, *names]
        if names != row.names:
            changed += Place.objects.filter(shop_id=shop_id, order_id=row.order_id).update(names=names)
    return changed


def _of_heads(shop_id: UUID, contacts: Sequence[str]) -> int:
    changed = 0
    for group in Group.objects.filter(shop_id=shop_id, head_names__overlap=list(contacts)):
        names = [name for name in group.head_names if name not in contacts]
        changed += Group.objects.filter(shop_id=shop_id, id=group.id).update(head_names=names)
    return changed


def _of_packs(shop_id: UUID, ref: str) -> int:
    kept = names_of(shop_id, BuyerNames(ref)).all()
    claims = PackClaim.objects.filter(shop_id=shop_id, buyer_ref=ref).values_list("id", flat=True)
    rows = PackName.objects.filter(shop_id=shop_id, claim_id__in=list(claims)).exclude(name__in=kept)
    return rows.delete()[0]
