"""Sign in, or up, by a code that was sent to a contact."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.identity.buyer_models import OneTimeCode
from goodfor.identity.contacts import contact_index
from goodfor.identity.errors import InvalidCode, NotJoinedYet
from goodfor.identity.operations.account_steps import account_of, keep_contact, make_buyer, use_code
from goodfor.identity.operations.forgive import forgive
from goodfor.identity.operations.knock import knock
from goodfor.identity.operations.open_session import open_session
from goodfor.identity.types import Contact, NewSession, Visitor
from goodfor.identity.visitors import device_hash
from goodfor.kernel.locks import advisory_xact_lock


def sign_in_by_code(
    *,
    shop_id: UUID,
    code_id: UUID,
    code: str,
    visitor: Visitor,
    replaces: str = "",
    may_join: bool = True,
    now: datetime,
) -> NewSession:
    """The account that the contact opens, made if there is none; of many at once with one code, one is let in.

    `replaces` is the session token that the browser came with. `may_join` False: where an account would be made,
    NotJoinedYet is raised and nothing has happened, so that whoever guesses learns nothing of who has one.
    Raises InvalidCode, TooManyGuesses, NotJoinedYet.
    """
    waiting = OneTimeCode.objects.filter(shop_id=shop_id, pk=code_id, purpose="signin").first()
    if waiting is None:
        raise InvalidCode(field="code")
    index, kind = bytes(waiting.value_index), waiting.kind
    account = account_of(shop_id, kind, index, visitor)
    known = device_hash(visitor) if account and account[2] else None
    tries = knock(shop_id=shop_id, way="code", account=index, visitor=visitor, known_device=known, now=now)
    session: NewSession | None = None
    joins = False
    with transaction.atomic():
        # A wrong guess commits too: it was counted.
        contact = use_code(shop_id, code_id, "signin", None, code, now)
        if contact is not None:
            advisory_xact_lock(("contact", shop_id, index.hex()))
            buyer_id, joins = _find_or_make(shop_id, contact, visitor, now)
            if joins and not may_join:
                # The guess was right: it is taken back with all else, and the code is as good as before.
                transaction.set_rollback(True)
            else:
                session = open_session(
                    shop_id=shop_id,
                    buyer_id=buyer_id,
                    method=f"code:{kind}",
                    visitor=visitor,
                    replaces=replaces,
                    created=joins,
                    now=now,
                )
    if joins and session is None:
        forgive(shop_id=shop_id, tries=tries)
        raise NotJoinedYet
    if session is None:
        raise InvalidCode(field="code")
    forgive(shop_id=shop_id, tries=tries)
    return session


def _find_or_make(shop_id: UUID, contact: Contact, visitor: Visitor, now: datetime) -> tuple[UUID, bool]:
    index = contact_index(shop_id, contact)
    account = account_of(shop_id, contact.kind, index, visitor)
    if account is not None:
        return account[0], False
    buyer_id = make_buyer(shop_id, visitor, "signup", now)
    keep_contact(shop_id, buyer_id, contact, now)
    return buyer_id, True
