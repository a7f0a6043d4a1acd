"""Keep accounts that a buyer tops up often."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from goodfor.identity.buyer_models import SavedAccount
from goodfor.identity.buyer_reads import saved_account_aad
from goodfor.identity.errors import InvalidProfile, NotListed
from goodfor.identity.operations.change_profile import clean_line
from goodfor.identity.types import SignedInBuyer
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.ids import uuid7
from goodfor.kernel.locks import advisory_xact_lock

MOST = 20


def save_account(*, buyer: SignedInBuyer, label: str, value: str, now: datetime) -> UUID:
    """Keep one, sealed; at most 20 a buyer. Raises InvalidProfile."""
    label, value = clean_line(label, 40, "label"), clean_line(value, 100, "value")
    if not label or not value:
        raise InvalidProfile(_("名称和账号都要填。"), field="value")
    row_id = uuid7()
    sealed = keyring().seal(value.encode(), saved_account_aad(buyer.shop_id, row_id))
    with transaction.atomic():
        advisory_xact_lock(("buyer", buyer.shop_id, buyer.ref))
        if SavedAccount.objects.filter(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id).count() >= MOST:
            raise InvalidProfile(_("最多保存 20 个账号，先删掉不用的。"), field="value")
        SavedAccount.objects.create(
            id=row_id,
            shop_id=buyer.shop_id,
            buyer_id=buyer.buyer_id,
            label=label,
            value_key_id=sealed.key_id,
            value_blob=sealed.blob,
            created_at=now,
        )
        _note(buyer, row_id, "saved", now)
    return row_id


def remove_saved_account(*, buyer: SignedInBuyer, account_id: UUID, now: datetime) -> None:
    """Forget one. Raises NotListed, the same for a stranger's."""
    with transaction.atomic():
        mine = SavedAccount.objects.filter(shop_id=buyer.shop_id, buyer_id=buyer.buyer_id, pk=account_id)
        if not mine.delete()[0]:
            raise NotListed
        _note(buyer, account_id, "removed", now)


def _note(buyer: SignedInBuyer, account_id: UUID, what: str, now: datetime) -> None:
    audit.record(
        shop_id=buyer.shop_id,
        actor=f"buyer:{buyer.buyer_id}",
        action=f"identity.saved_account_{what}",
        subject=("buyer", buyer.buyer_id),
        data={"account": str(account_id)},
        now=now,
    )
