"""A buyer's account is erased: of groups, bargains and packs only an id of nobody stays."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

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


@transaction.atomic(savepoint=False)
def forget_buyer(*, shop_id: UUID, buyer_id: UUID, now: datetime) -> int:
    """Erase device, contact and group of linked accounts wherever the account took part; the same again does nothing.

    How many rows changed. Contacts that the account has proven go from what guests did with them, too.
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
    changed = places.exclude(names=own).update(names=own)
    changed += groups.exclude(head_names=own).update(head_names=own)
    changed += bargains.exclude(owner_names=own).update(owner_names=own)
    changed += _of_guests(shop_id, contacts)
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


def _of_guests(shop_id: UUID, contacts: Sequence[str]) -> int:
    changed = 0
    for row in Place.objects.filter(shop_id=shop_id, names__overlap=list(contacts)):
        names = [name for name in row.names if name not in contacts]
        changed += Place.objects.filter(shop_id=shop_id, order_id=row.order_id).update(names=names)
    for group in Group.objects.filter(shop_id=shop_id, head_names__overlap=list(contacts)):
        names = [name for name in group.head_names if name not in contacts]
        changed += Group.objects.filter(shop_id=shop_id, id=group.id).update(head_names=names)
    return changed


def _of_packs(shop_id: UUID, ref: str) -> int:
    kept = names_of(shop_id, BuyerNames(ref)).all()
    claims = PackClaim.objects.filter(shop_id=shop_id, buyer_ref=ref).values_list("id", flat=True)
    rows = PackName.objects.filter(shop_id=shop_id, claim_id__in=list(claims)).exclude(name__in=kept)
    return rows.delete()[0]
