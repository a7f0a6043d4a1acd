"""A member sets out for a partner's mall: the link that lets them in, made for this click."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.kernel.ids import secret_token, uuid7
from goodfor.loyalty import queries as loyalty
from goodfor.loyalty.types import Holder
from goodfor.partners import protocol, states
from goodfor.partners.errors import PartnerNotFound
from goodfor.partners.mapping import secret_of
from goodfor.partners.models import Account, Person


@transaction.atomic(savepoint=False)
def go_to_mall(*, shop_id: UUID, account_id: UUID, owner: UUID, now: datetime) -> str:
    """The address, good for five minutes. The mall learns a name made up for it, and how many points there are.

    Raises PartnerNotFound (unknown, off, or without a mall), also for a member who has gone.
    """
    account = Account.objects.filter(shop_id=shop_id, id=account_id, role=states.DEVELOPER, enabled=True).first()
    if account is None or not account.login_url:
        raise PartnerNotFound
    made = {"id": uuid7(), "uid": secret_token(16), "made_at": now}
    person, _made = Person.objects.get_or_create(shop_id=shop_id, account=account, owner=owner, defaults=made)
    if person.left_at is not None:
        raise PartnerNotFound
    held = loyalty.balance(shop_id, Holder(owner), now).available
    params = {"uid": person.uid, "credits": str(held), "appKey": account.app_key}
    full = protocol.signed(account.signing, params, secret_of(account), now=now, nonce=secret_token(16))
    return protocol.link(account.login_url, full)
