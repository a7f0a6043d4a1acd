"""One step of a filling: a product, its picture, codes of a SKU, the first page, the client's money, an order of it."""

import tempfile
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from uuid import UUID

from django.db import transaction

from goodfor.catalog import operations as catalog
from goodfor.catalog import queries as catalog_reads
from goodfor.demo.models import Mark
from goodfor.demo.operations.dress_shop import arrange_home, give_picture, may_arrange
from goodfor.demo.types import CATEGORIES, CODES_PER_SKU, OFFERS, ORDERS, WALLET_MINOR, Offer
from goodfor.identity import queries as identity
from goodfor.identity.operations.create_api_client import create_api_client
from goodfor.identity.types import Scope
from goodfor.kernel.locks import advisory_xact_lock
from goodfor.kernel.money import Money
from goodfor.ledger.errors import PeriodClosed
from goodfor.orders import queries as orders
from goodfor.orders.errors import ExternalRefUsed
from goodfor.orders.operations.buy_with_balance import buy_with_balance
from goodfor.orders.operations.top_up_wallet import top_up_wallet
from goodfor.orders.types import LineRequest
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.set_account import set_account
from goodfor.vault.errors import BatchImported
from goodfor.vault.operations.import_file import import_file
from goodfor.vault.types import ImportOptions

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: What a code cost, as a part of its price.
COST_PERCENT = 85
#: The demo's orders began so long ago and came so far apart: charts have something to show.
PAST, APART = timedelta(days=30), timedelta(hours=29)


def steps_to_fill(shop_id: UUID, now: datetime) -> list[str]:
    """What is missing, in order: product:<slug>, picture:<slug>, codes:<SKU>, home, account, client, order:<n>."""
    live = set(Mark.objects.filter(shop_id=shop_id, live=True).values_list("key", flat=True))
    stocked = set(
        Mark.objects.filter(shop_id=shop_id, live=True, key__startswith="codes:", subject_id__isnull=False).values_list(
            "key", flat=True
        )
    )
    having = {key.split(":")[1] for key in stocked}
    steps = [f"product:{offer.slug}" for offer in OFFERS if f"product:{offer.slug}" not in live]
    steps += [f"picture:{offer.slug}" for offer in OFFERS if f"picture:{offer.slug}" not in live]
    steps += [f"codes:{code}" for offer in OFFERS for code, *_rest in offer.skus if code not in having]
    if may_arrange(shop_id):
        steps.append("home")
    if not any(key.startswith("account:") for key in live) and not _takes_balance(shop_id, now):
        steps.append("account")
    client = _live_client(shop_id)
    if client is None:
        steps.append("client")
    done = len(orders.orders_of_client(shop_id, client, limit=ORDERS)) if client else 0
    return [*steps, *(f"order:{n}" for n in range(done + 1, ORDERS + 1))]


def fill_step(*, shop_id: UUID, step: str, actor: str, now: datetime) -> None:
    """Do one of these steps; again it changes nothing."""
    kind, _sep, name = step.partition(":")
    if kind == "product":
        _product(shop_id, next(offer for offer in OFFERS if offer.slug == name), actor, now)
    elif kind == "picture":
        give_picture(shop_id=shop_id, slug=name, actor=actor, now=now)
    elif kind == "home":
        arrange_home(shop_id=shop_id, actor=actor, now=now)
    elif kind == "codes":
        _codes(shop_id, name, actor, now)
    elif kind == "account":
        _account(shop_id, actor, now)
    elif kind == "client":
        _client(shop_id, actor, now)
    else:
        # Minutes of no pattern, so that not all of them come at the same time of day.
        at = now - PAST + int(name) * APART + timedelta(minutes=int(name) * 37 % 600)
        try:
            _order(shop_id, int(name), min(at, now))
        except PeriodClosed:
            # That month's books are closed: then it is an order of today.
            _order(shop_id, int(name), now)


def _takes_balance(shop_id: UUID, now: datetime) -> bool:
    return payments.balance_enabled(shop_id, identity.shop_by_id(shop_id).currency, now)


@transaction.atomic
def _product(shop_id: UUID, offer: Offer, actor: str, now: datetime) -> None:
    advisory_xact_lock(("demo", shop_id))
    key = f"product:{offer.slug}"
    known = Mark.objects.filter(shop_id=shop_id, key=key).first()
    if known is not None and known.subject_id is not None:
        _back_on_sale(shop_id, known.subject_id, actor, now)
        Mark.objects.filter(shop_id=shop_id, key=key).update(live=True)
        return
    currency = identity.shop_by_id(shop_id).currency
    product_id = catalog.create_product(
        shop_id=shop_id, category_id=_shelf(shop_id, offer.category, actor, now), slug=f"demo-{offer.slug}",
        name=offer.name, summary=offer.summary, how_to_use=offer.how_to_use, validity_text=offer.validity,
        scenes=offer.scenes, position=OFFERS.index(offer), actor=actor, now=now,
    )  # fmt: skip
    Mark.objects.create(shop_id=shop_id, key=key, subject_id=product_id)
    for position, (code, name, label, price, list_price) in enumerate(offer.skus):
        sku_id = catalog.create_sku(
            shop_id=shop_id, product_id=product_id, code=f"demo-{code}", name=name, face_value_label=label,
            price=Money(price, currency), list_price=Money(list_price, currency), position=position, actor=actor,
            now=now,
        )  # fmt: skip
        Mark.objects.create(shop_id=shop_id, key=f"sku:{code}", subject_id=sku_id)


def _shelf(shop_id: UUID, slug: str, actor: str, now: datetime) -> UUID:
    mark = Mark.objects.filter(shop_id=shop_id, key=f"shelf:{slug}").first()
    if mark is not None and mark.subject_id is not None:
        return mark.subject_id
    position = [known for known, _name in CATEGORIES].index(slug)
    shelf_id = catalog.create_category(
        shop_id=shop_id, slug=f"demo-{slug}", name=dict(CATEGORIES)[slug], position=position, actor=actor, now=now
    )
    Mark.objects.create(shop_id=shop_id, key=f"shelf:{slug}", subject_id=shelf_id)
    return shelf_id


def _back_on_sale(shop_id: UUID, product_id: UUID, actor: str, now: datetime) -> None:
    for sku in catalog_reads.get_product(shop_id, product_id).skus:
        catalog.set_on_sale(shop_id=shop_id, on_sale=True, sku_id=sku.id, actor=actor, now=now)
    catalog.set_on_sale(shop_id=shop_id, on_sale=True, product_id=product_id, actor=actor, now=now)


def _codes(shop_id: UUID, code: str, actor: str, now: datetime) -> None:
    """Import a file that says the same each time: what was begun goes on, what is there is found again."""
    sku_id = Mark.objects.get(shop_id=shop_id, key=f"sku:{code}").subject_id
    assert sku_id is not None
    with transaction.atomic():
        advisory_xact_lock(("demo", shop_id))
        mine = Mark.objects.filter(shop_id=shop_id, key__startswith=f"codes:{code}:")
        mark = mine.filter(live=True).first()
        if mark is None:
            mark = Mark.objects.create(shop_id=shop_id, key=f"codes:{code}:{mine.count() + 1}")
    offer_price = next(price for offer in OFFERS for own, _n, _l, price, _lp in offer.skus if own == code)
    options = ImportOptions(
        currency=identity.shop_by_id(shop_id).currency, unit_cost_minor=offer_price * COST_PERCENT // 100, note="demo"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "codes.csv"
        path.write_text("卡号,卡密\n" + _lines(shop_id, mark.key), encoding="utf-8")
        try:
            done = import_file(
                shop_id=shop_id, sku_id=sku_id, path=path, options=options, actor=actor, now=now, filename=mark.key
            )
            batch_id = done.batch.id
        except BatchImported as error:
            batch_id = UUID(str(error.data["batch_id"]))
    Mark.objects.filter(shop_id=shop_id, key=mark.key, subject_id__isnull=True).update(subject_id=batch_id)


def _lines(shop_id: UUID, key: str) -> str:
    """Codes of no worth: made of the shop and the key, so that the file is the same however often it is made."""
    lines = []
    for n in range(CODES_PER_SKU):
        digest = blake2b(f"{shop_id} {key} {n}".encode(), digest_size=24).digest()
        number = int.from_bytes(digest[:6], "big") % 10**14
        secret = "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[8:24])
        lines.append(f"DEMO{number:014d},{secret}\n")
    return "".join(lines)


@transaction.atomic
def _account(shop_id: UUID, actor: str, now: datetime) -> None:
    advisory_xact_lock(("demo", shop_id))
    known = next((account for account in payments.accounts(shop_id, now) if account.provider == "balance"), None)
    if known is None:
        currency = identity.shop_by_id(shop_id).currency
        known = open_account(
            shop_id=shop_id, provider="balance", code="balance", name="余额", currency=currency, config={},
            secrets={}, methods=("balance",), enabled=True, actor=actor, now=now,
        )  # fmt: skip
    elif not known.enabled:
        set_account(shop_id=shop_id, account_id=known.id, enabled=True, actor=actor, now=now)
    mark, made = Mark.objects.get_or_create(shop_id=shop_id, key="account:balance", defaults={"subject_id": known.id})
    if not made:
        Mark.objects.filter(shop_id=shop_id, id=mark.id).update(subject_id=known.id, live=True)


def _live_client(shop_id: UUID) -> UUID | None:
    mark = Mark.objects.filter(shop_id=shop_id, key__startswith="client:", live=True).first()
    return mark.subject_id if mark else None


@transaction.atomic
def _client(shop_id: UUID, actor: str, now: datetime) -> None:
    advisory_xact_lock(("demo", shop_id))
    if _live_client(shop_id) is not None:
        return
    before = Mark.objects.filter(shop_id=shop_id, key__startswith="client:").count()
    # Its key is thrown away: only these steps buy in its name.
    made = create_api_client(
        shop_id=shop_id, name="示例客户", scopes=[Scope.PRODUCTS_READ], rate_per_minute=1, actor=actor, now=now
    ).client
    top_up_wallet(
        shop_id=shop_id, client_id=made.id, wallet_account=made.wallet_account,
        amount=Money(WALLET_MINOR, identity.shop_by_id(shop_id).currency), reference=f"demo-{made.id}", actor=actor,
        now=now,
    )  # fmt: skip
    Mark.objects.create(shop_id=shop_id, key=f"client:{before + 1}", subject_id=made.id)


def _order(shop_id: UUID, n: int, now: datetime) -> None:
    client_id = _live_client(shop_id)
    assert client_id is not None
    client = identity.client_of_shop(shop_id=shop_id, client_id=client_id)
    codes = [code for offer in OFFERS for code, *_rest in offer.skus]
    code = codes[(n * 7) % len(codes)]
    sku_id = Mark.objects.get(shop_id=shop_id, key=f"sku:{code}").subject_id
    assert sku_id is not None
    try:
        buy_with_balance(
            shop_id=shop_id, client_id=client_id, wallet_account=client.wallet_account,
            currency=identity.shop_by_id(shop_id).currency, lines=[LineRequest(sku_id, 1 + n % 2)],
            external_ref=f"demo-{n}", now=now,
        )  # fmt: skip
    except ExternalRefUsed:
        return
