"""Demo data comes and goes: exact counts, killed anywhere, real sales untouched."""

import threading
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from goodfor.catalog.models import Product, Sku
from goodfor.cli import world
from goodfor.demo import queries
from goodfor.demo.errors import RealTrade, RunUnderWay
from goodfor.demo.invariants import INVARIANTS
from goodfor.demo.models import Mark, Run
from goodfor.demo.operations import empty_step, fill_step
from goodfor.demo.operations.adopt_shop import adopt_shop
from goodfor.demo.operations.do_step import do_step
from goodfor.demo.operations.start_run import start_run
from goodfor.demo.types import CODES_PER_SKU, FEW, OFFERS, ORDERS
from goodfor.identity.models import ApiClient
from goodfor.identity.operations import create_shop
from goodfor.kernel.clock import utc_now
from goodfor.kernel.invariants import run as run_one
from goodfor.kernel.invariants import run_all
from goodfor.ledger import queries as ledger
from goodfor.orders.models import Order
from goodfor.orders.operations import buy_with_balance
from goodfor.orders.tests.factories import relay_all
from goodfor.orders.types import LineRequest
from goodfor.payments.models import Account
from goodfor.vault.models import Batch, Code
from goodfor.window import operations as blocks
from goodfor.window import queries as window
from goodfor.window.types import BlockRequest

pytestmark = pytest.mark.django_db(transaction=True)
SKUS = sum(len(offer.skus) for offer in OFFERS)
FREE, SOLD, VOID = 0, 2, 4


@pytest.fixture
def now() -> datetime:
    return utc_now()


@pytest.fixture
def shop_id(transactional_db: None) -> UUID:
    return create_shop(code="bare", name="新店", currency="CNY", actor="test", now=utc_now()).id


class Killed(Exception):
    """The process ended here."""


def go(shop_id: UUID, kind: str) -> UUID:
    """A whole run."""
    run_id = start_run(shop_id=shop_id, kind=kind, actor="staff:test", now=utc_now())
    while do_step(shop_id=shop_id, run_id=run_id, now=utc_now()):
        continue
    return run_id


def counts(shop_id: UUID) -> dict[str, Any]:
    codes = Code.objects.filter(shop_id=shop_id)
    return {
        "on_sale": Product.objects.filter(shop_id=shop_id, on_sale=True).count(),
        "skus_on_sale": Sku.objects.filter(shop_id=shop_id, on_sale=True).count(),
        "products": Product.objects.filter(shop_id=shop_id).count(),
        "free": codes.filter(state=FREE).count(),
        "sold": codes.filter(state=SOLD).count(),
        "void": codes.filter(state=VOID).count(),
        "orders": Order.objects.filter(shop_id=shop_id, state="delivered").count(),
        "clients": ApiClient.objects.filter(shop_id=shop_id, active=True).count(),
        "accounts": Account.objects.filter(shop_id=shop_id, enabled=True, valid_to__isnull=True).count(),
        "blocks": len(window.published(shop_id)),
        "pictures": Product.objects.filter(shop_id=shop_id).exclude(image_name="").count(),
    }


SOLD_CODES = sum(1 + n % 2 for n in range(1, ORDERS + 1))
#: Shelves, products, SKUs, three batches, a client, an account.
ADOPTED = 2 * len(FEW) + sum(len(offer.skus) for offer in FEW) + 3 + 1 + 1
LOADED = SKUS * CODES_PER_SKU
FILLED = {
    "on_sale": len(OFFERS), "skus_on_sale": SKUS, "products": len(OFFERS), "free": LOADED - SOLD_CODES,
    "sold": SOLD_CODES, "void": 0, "orders": ORDERS, "clients": 1, "accounts": 1, "blocks": 5,
    "pictures": len(OFFERS),
}  # fmt: skip
EMPTIED = {
    **FILLED, "on_sale": 0, "skus_on_sale": 0, "free": 0, "void": LOADED - SOLD_CODES, "clients": 0, "accounts": 0,
    "blocks": 0,
}  # fmt: skip


def sound(shop_id: UUID) -> None:
    relay_all(utc_now())
    rows = ledger.trial_balance(shop_id)
    assert sum(row.debit_minor for row in rows) == sum(row.credit_minor for row in rows)
    assert not [(found.invariant.name, found.violations) for found in run_all(utc_now()) if not found.ok]


def test_filled_emptied_and_filled_again(shop_id: UUID) -> None:
    for _again in range(2):
        go(shop_id, "fill")
        assert counts(shop_id) == FILLED
    there = queries.present(shop_id)
    assert (there.products, there.codes, there.clients, there.accounts, there.kept) == (
        len(OFFERS), LOADED - SOLD_CODES, 1, 1, (),
    )  # fmt: skip
    sound(shop_id)
    for _again in range(2):
        go(shop_id, "empty")
        assert counts(shop_id) == EMPTIED
    assert not queries.present(shop_id).any
    assert not queries.on_sale(shop_id)
    sound(shop_id)
    go(shop_id, "fill")
    assert counts(shop_id) == {
        **FILLED, "sold": 2 * SOLD_CODES, "void": LOADED - SOLD_CODES, "orders": 2 * ORDERS,
    }  # fmt: skip
    go(shop_id, "empty")
    assert counts(shop_id)["void"] == 2 * (LOADED - SOLD_CODES)
    sound(shop_id)
    last = queries.latest_run(shop_id)
    assert last is not None
    assert (last.kind, last.state, last.left, last.percent, last.kept) == ("empty", "done", 0, 100, ())


@pytest.mark.parametrize("kind", ["fill", "empty"])
def test_killed_after_every_step_and_inside_of_some(shop_id: UUID, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each turn is killed in the middle, after its first write; the end is the same."""
    if kind == "empty":
        go(shop_id, "fill")
    run_id = start_run(shop_id=shop_id, kind=kind, actor="staff:test", now=utc_now())
    module: Any = fill_step if kind == "fill" else empty_step
    names = ("import_file", "top_up_wallet") if kind == "fill" else ("void_codes", "revoke_api_client")
    kills = 0
    for name in names:
        original, alive = getattr(module, name), [True]

        def after(*args: Any, original: Any = original, alive: list[bool] = alive, **given: Any) -> Any:
            """Does its work, and the process ends before anything after it is done; every other time."""
            result = original(*args, **given)
            alive[0] = not alive[0]
            if not alive[0]:
                raise Killed
            return result

        monkeypatch.setattr(module, name, after)
    going = True
    while going:
        try:
            going = do_step(shop_id=shop_id, run_id=run_id, now=utc_now())
        except Killed:
            kills += 1
    assert kills >= 2
    assert counts(shop_id) == (FILLED if kind == "fill" else EMPTIED)
    assert Batch.objects.filter(shop_id=shop_id).count() == SKUS
    sound(shop_id)


def test_a_first_page_of_the_operators_own_stays(shop_id: UUID, now: datetime) -> None:
    """Neither filling nor emptying touches it, made before or changed afterwards."""
    own = [BlockRequest("text", {"title": "营业时间", "body": "全天"})]
    blocks.arrange_blocks(shop_id=shop_id, blocks=own, actor="test", now=now)
    go(shop_id, "fill")
    go(shop_id, "empty")
    assert [block.content.title for block in window.draft(shop_id)] == ["营业时间"]
    blocks.arrange_blocks(shop_id=shop_id, blocks=[], actor="test", now=now)
    go(shop_id, "fill")
    assert len(window.published(shop_id)) == 5
    blocks.arrange_blocks(shop_id=shop_id, blocks=own, actor="test", now=now)
    go(shop_id, "empty")
    assert [block.content.title for block in window.draft(shop_id)] == ["营业时间"]
    assert len(window.published(shop_id)) == 5


def test_emptied_while_half_filled(shop_id: UUID) -> None:
    run_id = start_run(shop_id=shop_id, kind="fill", actor="test", now=utc_now())
    for _step in range(len(OFFERS) + 3):
        assert do_step(shop_id=shop_id, run_id=run_id, now=utc_now())
    with pytest.raises(RunUnderWay):
        start_run(shop_id=shop_id, kind="empty", actor="test", now=utc_now())
    # The same again is the run that is under way.
    assert start_run(shop_id=shop_id, kind="fill", actor="test", now=utc_now()) == run_id
    assert Run.objects.filter(shop_id=shop_id).count() == 1


def test_what_a_real_sale_touched_stays(shop_id: UUID, now: datetime) -> None:
    """The up's own shop: one product was bought by a client of its own, another has codes of the shop's own."""
    demo = world.make_shop(now, code="shop")
    for code in ("kw-50", "xh-month", "my-month"):
        world.load_codes(demo.shop_id, demo.skus[code], world.random_codes(10), now, cost_minor=800)
    assert adopt_shop(shop_id=demo.shop_id, actor="test", now=now) == ADOPTED
    assert adopt_shop(shop_id=demo.shop_id, actor="test", now=now) == 0
    real = real_client(demo.shop_id)
    buy_with_balance(
        shop_id=demo.shop_id, client_id=real.client_id, wallet_account=real.wallet_account, currency="CNY",
        lines=[LineRequest(demo.skus["kw-50"], 1)], external_ref="real-1", now=utc_now(),
    )  # fmt: skip
    world.load_codes(demo.shop_id, demo.skus["xh-year"], world.random_codes(5), utc_now(), cost_minor=800)
    assert queries.present(demo.shop_id).kept == ("星河影视会员", "酷玩点数卡")
    with pytest.raises(RealTrade):
        start_run(shop_id=demo.shop_id, kind="fill", actor="test", now=utc_now())
    for _again in range(2):
        go(demo.shop_id, "empty")
        on_sale = set(Product.objects.filter(shop_id=demo.shop_id, on_sale=True).values_list("slug", flat=True))
        assert on_sale == {"xinghe-video", "kuwan-coin"}
        # 9 of the SKU that was bought, 10 and 5 of the other product; the 10 of an untouched one are void.
        assert (counts(demo.shop_id)["free"], counts(demo.shop_id)["void"]) == (24, 10)
    last = queries.latest_run(demo.shop_id)
    assert last is not None
    assert last.kept == ("星河影视会员", "酷玩点数卡")
    # The shop's own client goes on paying from its balance.
    active = ApiClient.objects.filter(shop_id=demo.shop_id, active=True)
    assert [client.id for client in active] == [real.client_id]
    assert Account.objects.filter(shop_id=demo.shop_id, enabled=True).count() == 1
    assert Mark.objects.filter(shop_id=shop_id).count() == 0
    sound(demo.shop_id)


def real_client(shop_id: UUID) -> world.DemoShop:
    """A client of the shop's own, with money."""
    key = world.create_api_client(
        shop_id=shop_id, name="真实客户", scopes=["orders:write"], actor="test", now=utc_now()
    ).client
    world.top_up_wallet(
        shop_id=shop_id, client_id=key.id, wallet_account=key.wallet_account, amount=world.Money(100_00, "CNY"),
        reference="real", actor="test", now=utc_now(),
    )  # fmt: skip
    return world.DemoShop(shop_id, {}, "", key.id, key.wallet_account)


def test_asked_for_by_several_at_once(shop_id: UUID) -> None:
    """Four people press the button: one run."""
    barrier, ids = threading.Barrier(4), []

    def ask() -> None:
        try:
            barrier.wait(10)
            ids.append(start_run(shop_id=shop_id, kind="fill", actor="test", now=utc_now()))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(ids) == 4
    assert len(set(ids)) == 1
    assert Run.objects.filter(shop_id=shop_id).count() == 1


def test_a_mark_on_another_shops_batch_is_found(shop_id: UUID) -> None:
    """Planted: exactly these are found."""
    go(shop_id, "fill")
    other = create_shop(code="other", name="另一家", currency="CNY", host="other.example", actor="test", now=utc_now())
    batch_id = Batch.objects.filter(shop_id=shop_id).values_list("id", flat=True)[0]
    mark = Mark.objects.create(shop_id=other.id, key="codes:xh-month:1", subject_id=batch_id)
    Run.objects.filter(shop_id=shop_id).update(state="running", finished_at=None)
    run_id = Run.objects.get(shop_id=shop_id).id
    found = {invariant.name: run_one(invariant, utc_now()).violations for invariant in INVARIANTS}
    assert [row[0] for row in found["demo_codes_are_of_their_shop"]] == [str(mark.id)]
    assert [row[0] for row in found["demo_run_history_leads_to_its_state"]] == [str(run_id)]
