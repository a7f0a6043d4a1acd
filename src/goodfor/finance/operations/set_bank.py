"""Say where a party is paid; payouts rest for a day after."""

import json
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from goodfor.finance.errors import InvalidParty, PartyNotFound
from goodfor.finance.mapping import bank_aad, party_view
from goodfor.finance.models import Party
from goodfor.finance.types import Bank, PartyView
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.locks import advisory_xact_lock

#: Whoever changed it may not be who they said: time for the party to be told, and to object.
FREEZE: Final = timedelta(hours=24)


def set_bank(*, shop_id: UUID, party_id: UUID, bank: Bank, actor: str, now: datetime) -> PartyView:
    """Seal the details and freeze payouts, the first time, too. The trail keeps the last four digits.

    Raises PartyNotFound, InvalidParty (`field`).
    """
    for field in ("name", "bank", "account"):
        text = getattr(bank, field)
        if not 0 < len(text.strip()) <= 100 or not text.isprintable():
            raise InvalidParty(field=field)
    with transaction.atomic():
        advisory_xact_lock(("finance", shop_id))
        text = json.dumps({"name": bank.name, "bank": bank.bank, "account": bank.account})
        sealed = keyring().seal(text.encode(), bank_aad(shop_id, party_id))
        changed = Party.objects.filter(shop_id=shop_id, id=party_id).update(
            bank_key_id=sealed.key_id, bank_blob=sealed.blob, bank_changed_at=now, frozen_until=now + FREEZE
        )
        if not changed:
            raise PartyNotFound
        audit.record(
            shop_id=shop_id, actor=actor, action="finance.bank_changed", subject=("finance.party", party_id),
            data={"ends": bank.account[-4:], "frozen_until": (now + FREEZE).isoformat()}, now=now,
        )  # fmt: skip
        return party_view(Party.objects.get(shop_id=shop_id, id=party_id))
