"""Seal the secrets of suppliers and the forms of buyers anew under the active key, while they are used."""

from datetime import datetime
from uuid import UUID

from goodfor.kernel.sealed import Step, reseal_rows
from goodfor.kernel.sql import Statement
from goodfor.kernel.tenancy import platform_job
from goodfor.supply.mapping import form_aad, secret_aad

CHUNK = 50
_PICK = Statement("goodfor.supply", "sql/reseal_pick.sql")
_STORE = Statement("goodfor.supply", "sql/reseal_store.sql")
_PICK_FORMS = Statement("goodfor.supply", "sql/reseal_pick_forms.sql")
_STORE_FORMS = Statement("goodfor.supply", "sql/reseal_store_forms.sql")


def reseal_secrets(*, after: UUID | None = None, limit: int = CHUNK, now: datetime) -> Step:  # noqa: ARG001
    """Re-encrypt up to `limit` of them with an id beyond `after`; one that is changed meanwhile keeps the change.

    The kernel's loop calls it until a whole pass finds nothing. Can stop anywhere.
    """
    with platform_job("key rotation"):
        return reseal_rows(_PICK, _STORE, secret_aad, after=after, limit=limit)


def reseal_forms(*, after: UUID | None = None, limit: int = CHUNK, now: datetime) -> Step:  # noqa: ARG001
    """The same of what buyers filled in."""
    with platform_job("key rotation"):
        return reseal_rows(_PICK_FORMS, _STORE_FORMS, form_aad, after=after, limit=limit)
