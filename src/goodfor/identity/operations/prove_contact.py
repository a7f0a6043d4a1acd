"""Whoever is asked for more shows that a contact is theirs; nobody is signed in by it."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity.buyer_models import OneTimeCode
from goodfor.identity.errors import InvalidCode
from goodfor.identity.operations.account_steps import use_code
from goodfor.identity.operations.forgive import forgive
from goodfor.identity.operations.knock import knock
from goodfor.identity.types import Contact, Visitor

PURPOSE = "goon"


def prove_contact(*, shop_id: UUID, code_id: UUID, code: str, visitor: Visitor, now: datetime) -> Contact:
    """The contact that a code of purpose `goon` went to; the code is used up. Raises InvalidCode, TooManyGuesses."""
    index = (
        OneTimeCode.objects.filter(shop_id=shop_id, pk=code_id, purpose=PURPOSE)
        .values_list("value_index", flat=True)
        .first()
    )
    if index is None:
        raise InvalidCode(field="code")
    tries = knock(shop_id=shop_id, way="code", account=bytes(index), visitor=visitor, known_device=None, now=now)
    with transaction.atomic():
        # A wrong guess commits too: it was counted.
        contact = use_code(shop_id, code_id, PURPOSE, None, code, now)
    if contact is None:
        raise InvalidCode(field="code")
    forgive(shop_id=shop_id, tries=tries)
    return contact
