"""One step of an emptying: the first page, a product off sale, free codes void, a client's key, an account.

What a real sale has touched stays as it is; orders, postings and sold codes are history and stay, too.
"""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.db import transaction

from goodfor.catalog import operations as catalog
from goodfor.catalog import queries as catalog_reads
from goodfor.demo.models import Mark
from goodfor.demo.operations.dress_shop import clear_home
from goodfor.demo.queries import batch_of, clients, sku_of, touched
from goodfor.identity import queries as identity
from goodfor.identity.operations.revoke_api_client import revoke_api_client
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.payments.errors import AccountNotFound
from goodfor.payments.operations.set_account import set_account
from goodfor.vault import queries as vault
from goodfor.vault.operations.cancel_batch import cancel_batch
from goodfor.vault.operations.purge_batch import purge_batch
from goodfor.vault.operations.void_codes import void_codes

#: Codes that one step voids.
CHUNK = 200
_REASON = "demo"
#: The first page before what it shows, products before their codes, so that nobody orders meanwhile; accounts last.
_ORDER = ("home", "product", "codes", "client", "account")


def steps_to_empty(shop_id: UUID) -> list[str]:
    """The keys of what is to go, in order; a long list of codes stands there until its last part is void."""
    marks = list(Mark.objects.filter(shop_id=shop_id, live=True))
    stay = _staying_skus(shop_id, marks)
    found = []
    for mark in marks:
        kind, _sep, _name = mark.key.partition(":")
        if kind == "product" and mark.subject_id in stay:
            continue
        if kind == "codes" and sku_of(shop_id, mark) in stay:
            continue
        if kind in _ORDER:
            found.append(mark.key)
    return sorted(found, key=lambda key: (_ORDER.index(key.partition(":")[0]), key))


def _staying_skus(shop_id: UUID, marks: list[Mark]) -> set[UUID | None]:
    """Products, and their SKUs, that a real sale has touched."""
    stay: set[UUID | None] = set()
    for mark in marks:
        if mark.key.startswith("product:") and mark.subject_id is not None:
            product = catalog_reads.get_product(shop_id, mark.subject_id)
            if touched(shop_id, product):
                stay |= {product.id, *(sku.id for sku in product.skus)}
    return stay


def kept_products(shop_id: UUID) -> list[str]:
    """The names of the products that stay."""
    marks = Mark.objects.filter(shop_id=shop_id, live=True, key__startswith="product:")
    return sorted(catalog_reads.get_product(shop_id, mark.subject_id).name for mark in marks if mark.subject_id)


def empty_step(*, shop_id: UUID, step: str, actor: str, now: datetime) -> None:
    """Do one of these steps; again it changes nothing."""
    mark = Mark.objects.filter(shop_id=shop_id, key=step, live=True).first()
    if mark is None:
        return
    if step.startswith("codes:"):
        _codes(shop_id, mark, actor, now)
    else:
        _thing(shop_id, mark, actor, now)


@transaction.atomic
def _thing(shop_id: UUID, mark: Mark, actor: str, now: datetime) -> None:
    advisory_xact_lock(("demo", shop_id))
    kind, subject_id = mark.key.partition(":")[0], mark.subject_id
    assert subject_id is not None
    if kind == "product":
        catalog.set_on_sale(shop_id=shop_id, on_sale=False, product_id=subject_id, actor=actor, now=now)
        for sku in catalog_reads.get_product(shop_id, subject_id).skus:
            catalog.set_on_sale(shop_id=shop_id, on_sale=False, sku_id=sku.id, actor=actor, now=now)
    elif kind == "home":
        clear_home(shop_id=shop_id, actor=actor, now=now)
    elif kind == "client":
        revoke_api_client(shop_id=shop_id, client_id=subject_id, actor=actor, now=now)
    elif not _others_pay_by(shop_id, mark):
        # A newer version of it is the operator's own.
        with suppress(AccountNotFound):
            set_account(shop_id=shop_id, account_id=subject_id, enabled=False, actor=actor, now=now)
    Mark.objects.filter(shop_id=shop_id, id=mark.id).update(live=False)


def _others_pay_by(shop_id: UUID, mark: Mark) -> bool:
    """True when clients of the shop itself pay from their balance."""
    ours = set(clients(shop_id))
    others = [client for client in identity.clients_of_shop(shop_id) if client.active and client.id not in ours]
    return mark.key == "account:balance" and bool(others)


def _codes(shop_id: UUID, mark: Mark, actor: str, now: datetime) -> None:
    batch_id = batch_of(shop_id, mark)
    if batch_id is not None:
        if vault.batch_by_id(shop_id, batch_id).state == "staging":
            cancel_batch(shop_id=shop_id, batch_id=batch_id, reason=_REASON, actor=actor, now=now)
            while purge_batch(shop_id=shop_id, batch_id=batch_id):
                continue
        if free := vault.free_codes(shop_id, batch_id, CHUNK):
            void_codes(shop_id=shop_id, code_ids=free, reason=_REASON, actor=actor, now=now)
            if len(free) == CHUNK:
                # There may be more; the mark stays until the last of them is void.
                return
    with transaction.atomic():
        Mark.objects.filter(shop_id=shop_id, id=mark.id).update(live=False)
