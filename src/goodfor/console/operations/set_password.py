"""Choose a password for the console."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from goodfor.console.errors import WeakPassword
from goodfor.kernel import audit

SHORTEST, LONGEST = 10, 200
#: zxcvbn's 0 to 4: at 3 an attacker needs some 10^8 guesses and more.
STRONG_ENOUGH = 3


def set_password(*, shop_id: UUID, user_id: int, password: str, actor: str, now: datetime) -> None:
    """Keep its argon2 hash; other sessions of the person end with the old one. Raises WeakPassword."""
    with transaction.atomic():
        user = User.objects.get(pk=user_id)
        _check(password, [user.username, user.email or ""])
        user.set_password(password)
        user.save(update_fields=["password"])
        audit.record(
            shop_id=shop_id,
            actor=actor,
            action="console.password_set",
            subject=("user", str(user_id)),
            data={},
            now=now,
        )


def _check(password: str, known: list[str]) -> None:
    if len(password) < SHORTEST or len(password) > LONGEST:
        raise WeakPassword(_("密码需要 10 到 200 个字符"))
    # What is beyond the first hundred characters makes nothing weaker, and zxcvbn slow.
    found: dict[str, Any] = zxcvbn(password[:72], user_inputs=[word for word in known if word])
    if found["score"] < STRONG_ENOUGH:
        raise WeakPassword
