"""What of the demo is in a shop, and how far a run is."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit
from uuid import UUID

from goodfor.catalog import queries as catalog
from goodfor.catalog.types import ProductView
from goodfor.demo.models import Mark, Run
from goodfor.demo.types import TEST_CLIENT, Present, RunView
from goodfor.identity import queries as identity
from goodfor.kernel.clock import utc_now
from goodfor.orders import queries as orders
from goodfor.payments import queries as payments
from goodfor.payments.types import AccountView
from goodfor.vault import queries as vault

LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: Enough to see whether anybody else has bought.
SOME = 1000


def latest_run(shop_id: UUID) -> RunView | None:
    """The run that is under way, else the last one."""
    row = Run.objects.filter(shop_id=shop_id).order_by("-created_at", "-id").first()
    if row is None:
        return None
    return RunView(row.kind, row.state, row.total, row.left, tuple(row.kept), row.created_at, row.finished_at)


def present(shop_id: UUID) -> Present:
    """What emptying would take away, counted, and what it would leave."""
    marks = {mark.key: mark for mark in Mark.objects.filter(shop_id=shop_id, live=True)}
    products = _products(shop_id, marks.values())
    kept = [product for product in products if touched(shop_id, product)]
    stay = {sku.id for product in kept for sku in product.skus}
    held = [mark for mark in marks.values() if mark.key.startswith("codes:") and sku_of(shop_id, mark) not in stay]
    return Present(
        products=sum(1 for product in products if product not in kept),
        codes=sum(vault.count_free_codes(shop_id, batch_id) for mark in held if (batch_id := batch_of(shop_id, mark))),
        clients=sum(1 for key in marks if key.startswith("client:")),
        accounts=sum(1 for key in marks if key.startswith("account:")),
        kept=tuple(sorted(product.name for product in kept)),
    )


def on_sale(shop_id: UUID) -> bool:
    """True while demo goods can be bought."""
    return any(product.on_sale for product in _products(shop_id, Mark.objects.filter(shop_id=shop_id, live=True)))


def _products(shop_id: UUID, marks: Iterable[Mark]) -> list[ProductView]:
    ids = [mark.subject_id for mark in marks if mark.key.startswith("product:") and mark.subject_id]
    return [catalog.get_product(shop_id, product_id) for product_id in ids]


def clients(shop_id: UUID) -> list[UUID]:
    """Every client that the demo ever bought with, and that of the shop's own test orders."""
    rows = Mark.objects.filter(shop_id=shop_id, key__startswith="client:")
    tests = [client.id for client in identity.clients_of_shop(shop_id) if client.name == TEST_CLIENT]
    return [*(row.subject_id for row in rows if row.subject_id), *tests]


def sku_of(shop_id: UUID, mark: Mark) -> UUID | None:
    """The SKU that a mark of codes (codes:<SKU>:<round>) is about."""
    row = Mark.objects.filter(shop_id=shop_id, key=f"sku:{mark.key.split(':')[1]}").first()
    return row.subject_id if row else None


def batch_of(shop_id: UUID, mark: Mark) -> UUID | None:
    """The batch of a mark of codes; None when its import never began."""
    if mark.subject_id:
        return mark.subject_id
    sku_id = sku_of(shop_id, mark)
    if sku_id is None:
        return None
    found = (batch for batch in vault.batches(shop_id, sku_id=sku_id) if batch.state != "cancelled")
    return next((batch.id for batch in found if batch.filename == mark.key), None)


def touched(shop_id: UUID, product: ProductView) -> bool:
    """True when somebody bought of it for real, or the shop put codes of its own behind it."""
    sku_ids = [sku.id for sku in product.skus]
    bought = orders.sold_to_others(shop_id, sku_ids, clients(shop_id), limit=SOME)
    if _real(shop_id, [payment_id for _sku, payment_id in bought]):
        return True
    ours = set(Mark.objects.filter(shop_id=shop_id, key__startswith="codes:").values_list("subject_id", flat=True))
    names = set(Mark.objects.filter(shop_id=shop_id, key__startswith="codes:").values_list("key", flat=True))
    return any(
        batch.id not in ours and batch.filename not in names and batch.state != "cancelled"
        for sku_id in sku_ids
        for batch in vault.batches(shop_id, sku_id=sku_id)
    )


def real_trade(shop_id: UUID) -> bool:
    """True when the shop has sold to anybody but the demo, or could be paid real money."""
    now = utc_now()
    if any(account.enabled and moves_money(account) for account in payments.accounts(shop_id, now)):
        return True
    return _real(shop_id, orders.paid_by_others(shop_id, clients(shop_id), limit=SOME))


def moves_money(account: AccountView) -> bool:
    """True for a channel to the outside: neither a wallet nor a stand-in on this machine."""
    if account.provider in ("balance", "sandbox"):
        return False
    return urlsplit(str(account.config.get("gateway", ""))).hostname not in LOOPBACK


def _real(shop_id: UUID, payment_ids: Sequence[UUID]) -> bool:
    """True when one of these payments was real: by a wallet that is not the demo's, or by a channel to the outside."""
    for payment in payments.payments_by_ids(shop_id, payment_ids):
        if payment.provider == "balance" or moves_money(payments.account(shop_id, payment.account_id)):
            return True
    return len(payment_ids) >= SOME
