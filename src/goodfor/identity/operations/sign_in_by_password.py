"""Sign in by contact and password."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity.contacts import contact_index, parse_contact
from goodfor.identity.errors import InvalidPassword
from goodfor.identity.operations.account_steps import account_of
from goodfor.identity.operations.forgive import forgive
from goodfor.identity.operations.knock import Try, knock
from goodfor.identity.operations.open_session import open_session
from goodfor.identity.passwords import matches
from goodfor.identity.types import Contact, NewSession, Visitor
from goodfor.identity.visitors import address_hash, device_hash
from goodfor.kernel.ids import uuid7
from goodfor.kernel.sql import Statement

_REFUSAL = Statement("goodfor.identity", "sql/record_refusal.sql")


def sign_in_by_password(
    *, shop_id: UUID, contact: str, password: str, visitor: Visitor, replaces: str = "", now: datetime
) -> NewSession:
    """The account of the contact, if that is its password.

    Text, work and writes are the same for an unknown contact, an account without password and a wrong password.
    Raises InvalidPassword, TooManyGuesses.
    """
    parsed = parse_contact(contact) or Contact("email", "nobody@invalid")
    index = contact_index(shop_id, parsed)
    account = account_of(shop_id, parsed.kind, index, visitor)
    known = device_hash(visitor) if account and account[2] else None
    tries = knock(shop_id=shop_id, way="password", account=index, visitor=visitor, known_device=known, now=now)
    # The hash is compared outside of any transaction: it takes its time on purpose.
    if not matches(password, account[1] if account else "") or account is None:
        _refuse(shop_id, parsed, index, tries[-1], visitor, now)
        raise InvalidPassword(field="password")
    with transaction.atomic():
        session = open_session(
            shop_id=shop_id,
            buyer_id=account[0],
            method="password",
            visitor=visitor,
            replaces=replaces,
            created=False,
            now=now,
        )
    forgive(shop_id=shop_id, tries=tries)
    return session


def _refuse(shop_id: UUID, contact: Contact, index: bytes, door: Try, visitor: Visitor, now: datetime) -> None:
    _REFUSAL.run(
        {
            "id": uuid7(),
            "shop_id": shop_id,
            "kind": contact.kind,
            "value_index": index,
            "now": now,
            "label": visitor.label[:60],
            "address_hash": address_hash(visitor),
            "scope": door.scope,
            "subject_hash": door.subject_hash,
        }
    )
