"""Say who writes a shop's invoices."""

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.invoices import states
from goodfor.invoices.errors import IssuerInvalid
from goodfor.invoices.locks import lock_issuer
from goodfor.invoices.mapping import issuer_view, secret_aad
from goodfor.invoices.models import Invoice, Issuer
from goodfor.invoices.providers.registry import provider_for
from goodfor.invoices.titles import is_tax_number
from goodfor.invoices.types import IssuerInput, IssuerView
from goodfor.kernel import audit
from goodfor.kernel.crypto import keyring
from goodfor.kernel.outbound.http import is_safe_url

_KEY = re.compile(r"[A-Za-z0-9_.-]{1,64}")


def set_issuer(*, shop_id: UUID, says: IssuerInput, actor: str, now: datetime) -> IssuerView:
    """From now on. What waits for a person goes to the issuer then; what was sent to another waits for a person.

    Raises IssuerInvalid with `field`.
    """
    name = " ".join(says.seller_name.split())
    _check(says, name)
    with transaction.atomic():
        row = lock_issuer(shop_id) or Issuer(shop_id=shop_id)
        if says.provider and not says.secret and row.secret_blob is None:
            raise IssuerInvalid(field="secret")
        row.provider, row.seller_name, row.seller_tax = says.provider, name, says.seller_tax
        row.url, row.app_key = says.url.rstrip("/"), says.app_key
        if says.secret:
            sealed = keyring().seal(says.secret.encode(), secret_aad(shop_id))
            row.secret_key_id, row.secret_blob = sealed.key_id, sealed.blob
        row.changed_at, row.changed_by = now, actor[:80]
        row.save()
        if says.provider:
            waiting = Invoice.objects.filter(shop_id=shop_id, state=states.REQUESTED, next_try_at__isnull=True)
            waiting.update(next_try_at=now)
        audit.record(
            shop_id=shop_id, actor=actor, action="invoices.issuer_set", subject=("shop", shop_id),
            data={"provider": says.provider, "url": row.url, "app_key": row.app_key, "secret": bool(says.secret),
                  "seller": name, "seller_tax": says.seller_tax},
            now=now,
        )  # fmt: skip
    return issuer_view(row)


def _check(says: IssuerInput, name: str) -> None:
    if not 1 <= len(name) <= 100:
        raise IssuerInvalid(field="seller_name")
    if not is_tax_number(says.seller_tax):
        raise IssuerInvalid(field="seller_tax")
    if not says.provider:
        return
    if provider_for(says.provider) is None:
        raise IssuerInvalid(field="provider")
    if len(says.url) > 200 or not is_safe_url(says.url):
        raise IssuerInvalid(field="url")
    if not _KEY.fullmatch(says.app_key):
        raise IssuerInvalid(field="app_key")
    if len(says.secret) > 200:
        raise IssuerInvalid(field="secret")
