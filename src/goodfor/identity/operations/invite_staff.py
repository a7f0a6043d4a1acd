"""Take somebody new on: a login, a place in the shop, and a one-time link to come in by."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from goodfor.identity.operations.add_staff import add_staff
from goodfor.identity.operations.create_user import create_user
from goodfor.identity.operations.issue_signin_link import issue_signin_link
from goodfor.identity.types import NewSigninLink

#: The person may be asleep; until the link is used or over, nobody else can come in by that name.
INVITE_LIFETIME = timedelta(hours=24)


def invite_staff(*, shop_id: UUID, username: str, role: str, actor: str, now: datetime) -> NewSigninLink:
    """A link that is shown once. Raises InvalidIdentity, UserExists.

    A name that exists is refused, also where its owner works in another shop only: a link opens the whole login, and
    with it that other shop.
    """
    with transaction.atomic():
        user_id = create_user(username=username)
        staff = add_staff(shop_id=shop_id, user_id=user_id, role=role, actor=actor, now=now)
        return issue_signin_link(shop_id=shop_id, staff_id=staff.id, lifetime=INVITE_LIFETIME, actor=actor, now=now)
