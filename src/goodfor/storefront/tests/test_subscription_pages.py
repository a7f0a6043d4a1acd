"""Plans and a member's subscriptions over HTTP: told before the button, signed, picked, and what others must not."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from goodfor.identity import queries as identity
from goodfor.identity.tests.factories import make_staff
from goodfor.kernel.clock import utc_now
from goodfor.orders.tests.factories import relay_all
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.poll_mandates import poll_mandates, run_due_charges
from goodfor.payments.operations.sandbox_consents import sign_consent
from goodfor.storefront.personal_subscriptions import subscriptions_kept
from goodfor.storefront.tests.account_flow import Mailbox, browser, plain
from goodfor.storefront.tests.test_points_pages import member
from goodfor.storefront.tests.world import World
from goodfor.subscriptions import queries, states
from goodfor.subscriptions.operations.charge_due import charge_due
from goodfor.subscriptions.operations.set_plan import make_plan, move_plan
from goodfor.subscriptions.types import PlanView, PlanWish

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "x" * 32


def on_sale(world: World, sku_id: UUID, price: int = 3000, **more: object) -> PlanView:
    now = utc_now()
    staff = make_staff(identity.shop_by_id(world.shop_id), now).actor
    wish = PlanWish("影视月卡", price, 1, 2, (sku_id,), **more)  # type: ignore[arg-type]
    made = make_plan(shop_id=world.shop_id, slug=f"plan-{price}", wish=wish, actor=staff, now=now)
    move_plan(shop_id=world.shop_id, plan_id=made.id, to_state=states.ON_SALE, actor=staff, now=now)
    return made


def tills(world: World) -> None:
    for provider, config, secrets, methods in (
        ("sandbox", {"page_url": "/pay/sandbox", "mandates": True}, {"key": KEY, "secret": KEY}, ("alipay",)),
        ("balance", {}, {}, ("balance",)),
    ):
        open_account(
            shop_id=world.shop_id, provider=provider, code=f"{provider}-subs", name="模拟支付", currency="CNY",
            config=config, secrets=secrets, methods=methods, enabled=True, actor="test", now=utc_now(),
        )  # fmt: skip


def work() -> None:
    later = utc_now() + timedelta(seconds=61)
    for step in range(3):
        at = later + timedelta(seconds=step)
        poll_mandates(now=at)
        relay_all(at)
        charge_due(now=at)
        run_due_charges(now=at)
        relay_all(at)


def signed(world: World, client: Client, view: PlanView) -> str:
    """The address of the subscription, once it is paid."""
    page = client.get(f"/plans/{view.slug}")
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())
    way = re.search(r'name="way" value="([^"]+)"', page.content.decode())
    assert key
    assert way
    sent = {"terms": str(view.terms.id), "key": key[1], "way": way[1], "agree": "1"}
    answer = client.post(f"/plans/{view.slug}/sign", sent)
    text = answer.content.decode()
    number = re.search(r"/pay/sandbox/[0-9a-f-]+/(M\w+)", text)
    assert number
    assert sign_consent(shop_id=world.shop_id, number=number[1]) is not None
    back = re.search(r'href="(/me/subscriptions/[0-9a-f-]+)"', text)
    assert back
    assert "正在等支付渠道的结果" in plain(client.get(back[1]))
    assert client.get(f"{back[1]}/state").json() == {"state": states.AWAITING}
    work()
    return back[1]


def test_from_the_shelf_to_a_pick(world: World, box: Mailbox) -> None:
    client = browser()
    assert "没有在售" in plain(client.get("/plans"))
    tills(world)
    view = on_sale(world, world.sku_id)
    assert "影视月卡" in plain(client.get("/plans"))
    told = plain(client.get(f"/plans/{view.slug}"))
    # Before the button: what is charged when, and how it ends.
    assert told.index("到期自动续费") < told.index("登录后订阅")
    assert "随时可以" in told
    owner = member(world, client, box, "lin@example.com")
    assert client.post(f"/plans/{view.slug}/sign", {"terms": str(view.terms.id)}).status_code == 422
    here = signed(world, client, view)
    page = plain(client.get(here))
    assert "生效中" in page
    assert "下次扣款" in page
    assert client.get("/plans/" + view.slug).status_code == 200
    text = client.get(here).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', text)
    assert key
    sent = {"sku": str(world.sku_id), "key": key[1]}
    first = client.post(f"{here}/pick", sent)
    assert first["Location"] == client.post(f"{here}/pick", sent)["Location"]
    assert client.get(first["Location"]).status_code == 200
    [mine] = queries.subscriptions_of(world.shop_id, owner, utc_now())
    [period] = queries.periods(world.shop_id, mine.id, utc_now())
    assert (period.picked, period.left) == (1, 1)
    held = plain(client.get("/me/wallet?kind=plan"))
    assert "影视月卡" in held
    assert "还能选 1 样" in held
    assert client.post(f"{here}/change", {"act": "cancel"}).status_code == 302
    assert "不会再扣款" in plain(client.get(here))
    assert client.post(f"{here}/change", {"act": "keep"}).status_code == 302
    assert client.post(f"{here}/change", {"act": "resume"}).status_code == 409
    assert client.post(f"{here}/change", {"act": "fly"}).status_code == 422
    assert "影视月卡" in plain(client.get("/me/subscriptions"))
    [kept] = subscriptions_kept(world.shop_id, owner, utc_now())["subscriptions"]
    assert (kept["plan"], kept["periods"][0]["charge_minor"], len(kept["picks"])) == ("影视月卡", 3000, 1)
    # Somebody else sees nothing of it, and changes nothing.
    other = browser()
    assert other.get(here).status_code == 302
    member(world, other, box, "mei@example.com")
    for answer in (
        other.get(here), other.get(f"{here}/state"),
        other.post(f"{here}/change", {"act": "cancel"}), other.post(f"{here}/pick", sent),
        other.post(f"{here}/sign", {}),
    ):  # fmt: skip
        assert answer.status_code == 404
    assert queries.subscription(world.shop_id, mine.id, utc_now()).stops is False


def test_a_dearer_plan_and_another_consent(world: World, box: Mailbox) -> None:
    client = browser()
    tills(world)
    small, big = on_sale(world, world.sku_id), on_sale(world, world.sku_id, 6000, pause_days=30)
    owner = member(world, client, box, "lin@example.com")
    here = signed(world, client, small)
    assert client.post(f"{here}/change", {"act": "upgrade", "plan": str(big.id)}).status_code == 302
    work()
    [mine] = queries.subscriptions_of(world.shop_id, owner, utc_now())
    assert mine.plan.id == big.id
    assert client.post(f"{here}/change", {"act": "pause", "days": "x"}).status_code == 409
    assert client.post(f"{here}/change", {"act": "pause", "days": "7"}).status_code == 302
    assert "暂停到" in plain(client.get(here))
    answer = client.post(f"{here}/sign", {})
    assert "/pay/sandbox/" in answer.content.decode()
    assert len(payments.mandates_of(world.shop_id, f"subscription:{mine.id}")) == 2
