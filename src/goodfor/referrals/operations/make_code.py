"""Give a buyer a code to invite with."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.referrals import codes
from goodfor.referrals.errors import InviteNotFound
from goodfor.referrals.models import InviteCode
from goodfor.referrals.operations.note_marks import note_marks
from goodfor.referrals.programme import revision_at
from goodfor.referrals.types import Names

_TRIES = 5


@transaction.atomic(savepoint=False)
def make_code(*, shop_id: UUID, buyer_id: UUID, now: datetime, names: Names = Names()) -> str:  # noqa: B008
    """The buyer's code, the same for ever. Raises InviteNotFound while nothing is given for invitations."""
    note = revision_at(shop_id, now)
    known = InviteCode.objects.filter(shop_id=shop_id, owner=buyer_id).values_list("code", flat=True).first()
    if known is None and (note is None or not note.terms.on):
        raise InviteNotFound
    note_marks(shop_id=shop_id, buyer_id=buyer_id, names=names, now=now)
    for _try in range(_TRIES):
        if known is not None:
            return known
        code = "".join(secrets.choice(codes.ALPHABET) for _ in range(codes.LENGTH))
        row = InviteCode(shop_id=shop_id, code=code, owner=buyer_id, made_at=now)
        InviteCode.objects.bulk_create([row], ignore_conflicts=True)
        known = InviteCode.objects.filter(shop_id=shop_id, owner=buyer_id).values_list("code", flat=True).first()
    raise InviteNotFound
