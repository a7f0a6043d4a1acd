"""Somebody of a partner's comes into our mall, by a link that the partner made for this click."""

from datetime import datetime
from uuid import UUID

from goodfor.partners import protocol, states
from goodfor.partners.errors import CallRefused, EntryNeeded
from goodfor.partners.guard import proven
from goodfor.partners.models import Account
from goodfor.partners.protocol import Malformed
from goodfor.partners.types import Call, Guest


def enter_mall(*, shop_id: UUID, code: str, call: Call, now: datetime) -> Guest:
    """Who it is, as the partner says. Raises EntryNeeded, whatever is wrong with the link.

    The partner's own addresses are not asked for: it is its person who comes.
    """
    account = Account.objects.filter(shop_id=shop_id, code=code, role=states.MALL, enabled=True).first()
    if account is None:
        raise EntryNeeded
    try:
        _account, params = proven(
            shop_id=shop_id, account_id=account.id, role=states.MALL, call=call, anywhere=True, now=now
        )
        uid, units = protocol.read_guest(params)
    except (CallRefused, Malformed):
        raise EntryNeeded from None
    return Guest(account.id, account.code, account.name, uid, units, known=uid != states.NOBODY)
