"""Second factors of a person: small steps that the console's views call; changes are audited."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib.auth.models import User
from django.db import transaction

from goodfor.console.errors import LastFactor, WrongCode
from goodfor.console.locks import lock_authenticator
from goodfor.kernel import audit

_KEPT_CODES = 4


def add_totp(*, shop_id: UUID, user_id: int, secret: str, code: str, actor: str, now: datetime) -> list[str]:
    """Begin to use an app that has shown `code`; gives recovery codes if there were none. Raises WrongCode."""
    if not validate_totp_code(secret, code):
        raise WrongCode
    with transaction.atomic():
        user = User.objects.get(pk=user_id)
        Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
        added = TOTP.activate(user, secret).instance
        _remember(added, code)
        _note(shop_id, actor, "console.totp_added", user_id, now)
        return _recovery_if_none(user)


def use_totp(*, user_id: int, code: str) -> None:
    """Check a code of the app, each good once: what was used is kept with the secret. Raises WrongCode."""
    with transaction.atomic():
        row = lock_authenticator(user_id, Authenticator.Type.TOTP)
        if row is None or not validate_totp_code(decrypt(row.data["secret"]), code):
            raise WrongCode
        if _digest(row, code) in row.data.get("used", []):
            raise WrongCode
        _remember(row, code)
        row.record_usage()


def use_recovery_code(*, user_id: int, code: str) -> None:
    """Check a recovery code and use it up. Raises WrongCode."""
    with transaction.atomic():
        row = lock_authenticator(user_id, Authenticator.Type.RECOVERY_CODES)
        if row is None or not RecoveryCodes(row).validate_code(code):
            raise WrongCode


def new_recovery_codes(*, shop_id: UUID, user_id: int, actor: str, now: datetime) -> list[str]:
    """Ten fresh codes; those of before are void."""
    with transaction.atomic():
        user = User.objects.get(pk=user_id)
        Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
        _note(shop_id, actor, "console.recovery_codes_made", user_id, now)
        return _recovery_if_none(user)


def add_passkey(
    *, shop_id: UUID, user_id: int, name: str, credential: dict[str, Any], actor: str, now: datetime
) -> list[str]:
    """Keep a passkey that the browser has just made and allauth has checked; recovery codes if there were none."""
    with transaction.atomic():
        user = User.objects.get(pk=user_id)
        WebAuthn.add(user, name[:60], credential)
        _note(shop_id, actor, "console.passkey_added", user_id, now)
        return _recovery_if_none(user)


def remove_factor(
    *, shop_id: UUID, user_id: int, authenticator_id: int, must_keep: bool, actor: str, now: datetime
) -> None:
    """Forget an app or a passkey; recovery codes go with the last. Unknown ids change nothing. Raises LastFactor."""
    with transaction.atomic():
        second = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        rows = Authenticator.objects.filter(user_id=user_id, type__in=second)
        if not rows.filter(pk=authenticator_id).exists():
            return
        last = rows.count() == 1
        if last and must_keep:
            raise LastFactor
        Authenticator.objects.filter(user_id=user_id, pk=authenticator_id).delete()
        if last:
            Authenticator.objects.filter(user_id=user_id).delete()
        _note(shop_id, actor, "console.factor_removed", user_id, now)


def _recovery_if_none(user: User) -> list[str]:
    if Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).exists():
        return []
    codes: list[str] = RecoveryCodes.activate(user).generate_codes()
    return codes


def _digest(row: Authenticator, code: str) -> str:
    return hashlib.sha256(f"{row.pk}:{code.strip()}".encode()).hexdigest()


def _remember(row: Authenticator, code: str) -> None:
    used = [*row.data.get("used", []), _digest(row, code)][-_KEPT_CODES:]
    row.data = {**row.data, "used": used}
    row.save(update_fields=["data"])


def _note(shop_id: UUID, actor: str, action: str, user_id: int, now: datetime) -> None:
    audit.record(shop_id=shop_id, actor=actor, action=action, subject=("user", str(user_id)), data={}, now=now)
