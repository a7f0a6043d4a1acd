"""Row locks of the console."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import connection

from goodfor.console.models import Wish
from goodfor.kernel.locks import LOCK_TIMEOUT_MS


def lock_authenticator(user_id: int, kind: str) -> Authenticator | None:
    """Lock a person's one authenticator of a kind until the transaction ends."""
    return Authenticator.objects.select_for_update().filter(user_id=user_id, type=kind).first()


def lock_wish(shop_id: UUID, wish_id: UUID) -> Wish | None:
    """Lock a wish until the transaction ends. Raises OperationalError after 3 s of waiting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_TIMEOUT_MS}ms"])
    return Wish.objects.select_for_update().filter(shop_id=shop_id, id=wish_id).first()
