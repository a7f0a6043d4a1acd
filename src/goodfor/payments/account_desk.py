"""Channel accounts as the people who set them up see them: without secrets, with marks by which to tell them apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from goodfor.kernel.crypto import DecryptFailed, keyring
from goodfor.payments.errors import AccountNotFound
from goodfor.payments.mapping import account_view, opened
from goodfor.payments.models import Account
from goodfor.payments.providers.channels import FORMS
from goodfor.payments.providers.forms import FormField, ProviderForm
from goodfor.payments.providers.probing import Probe
from goodfor.payments.types import AccountView

__all__ = ["AccountSheet", "FormField", "Probe", "ProviderForm", "SecretMark", "account_sheet", "provider_forms"]

_MARK = "payments.secret_mark"


@dataclass(frozen=True, slots=True)
class SecretMark:
    """A secret that is held: which, four digits of its keyed hash, and since when it is this one."""

    key: str
    mark: str
    since: datetime


@dataclass(frozen=True, slots=True)
class AccountSheet:
    """A current account with the marks of its secrets. `readable` False: no key of ours opens them any more."""

    account: AccountView
    secrets: tuple[SecretMark, ...]
    readable: bool
    versions: int


def provider_forms() -> Sequence[ProviderForm]:
    """The channels that an account can be opened at."""
    return list(FORMS.values())


def account_sheet(shop_id: UUID, account_id: UUID) -> AccountSheet:
    """One current account. Raises AccountNotFound, for an ended one too."""
    row = Account.objects.filter(shop_id=shop_id, id=account_id, valid_to__isnull=True).first()
    if row is None:
        raise AccountNotFound
    versions = list(Account.objects.filter(shop_id=shop_id, code=row.code).order_by("-valid_from")[:50])
    try:
        marks = [(version.valid_from, _marks(version)) for version in versions]
    except DecryptFailed:
        return AccountSheet(account_view(row), (), readable=False, versions=len(versions))
    held = []
    for key, mark in sorted(marks[0][1].items()):
        since = row.valid_from
        for valid_from, older in marks:
            if older.get(key) != mark:
                break
            since = valid_from
        held.append(SecretMark(key, mark, since))
    return AccountSheet(account_view(row), tuple(held), readable=True, versions=len(versions))


def _marks(row: Account) -> dict[str, str]:
    """Four hexadecimal digits of a keyed hash for each secret: enough to tell two apart, nothing to guess from."""
    secrets = opened(row).secrets
    return {key: keyring().blind_index(_MARK, value.encode())[-2:].hex() for key, value in secrets.items() if value}
