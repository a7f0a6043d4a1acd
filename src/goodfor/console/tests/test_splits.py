"""The page of splits: receivers and what is frozen, who may do what, and what the forms say."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import by_link, person, proved, sql
from goodfor.console.views.split_receivers import points_of
from goodfor.console.views.splits import SHOWN
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.kernel.errors import InvalidInput
from goodfor.kernel.money import Money
from goodfor.payments import queries as payments
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.open_case import open_case
from goodfor.payments.operations.receivers import remove_receiver
from goodfor.payments.split_models import Pot, Receiver
from goodfor.payments.tests.split_world import SplitWorld, config_of
from goodfor.payments.tests.world import tamper
from goodfor.payments.types import PaymentView, PotView
from goodfor.sandbox.channels.server import RunningChannels, running_channels

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "云雀商贸有限公司"
FORM = {
    "kind": "merchant", "ref": "1900000077", "label": "云雀", "name": NAME, "percent": "12.50", "relation": "SUPPLIER",
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunningChannels]:
    with running_channels(tmp_path / "channels") as running:
        running.control.limits(wechat_refund_gap=0, wechat_split_wait=0)
        yield running


@pytest.fixture
def world(shop: Shop, desk: RunningChannels) -> SplitWorld:
    """The console's shop with an account at WeChat that splits."""
    config, secrets, methods = config_of(desk, "wechat")
    account = open_account(
        shop_id=shop.id, provider="wechat", code="wx", name="微信直连", currency="CNY", config=config, secrets=secrets,
        methods=methods, enabled=True, actor="test", now=utc_now(),
    )  # fmt: skip
    return SplitWorld(desk, "wechat", shop.id, account)


def text(client: Client, query: str = "") -> str:
    return client.get(reverse("desk:splits") + query).content.decode()


def page_of(client: Client, payment: PaymentView) -> str:
    return client.get(reverse("desk:payment", args=[payment.number])).content.decode()


def new_page(world: SplitWorld) -> str:
    return reverse("desk:split-receiver-new", args=[world.account.id])


def one_page(receiver_id: UUID) -> str:
    return reverse("desk:split-receiver", args=[receiver_id])


def act_page(payment: PaymentView) -> str:
    return reverse("desk:split-pot", args=[payment.id])


def pot_of(world: SplitWorld, payment: PaymentView) -> PotView:
    found = payments.pot_of(world.shop, payment.id)
    assert found is not None
    return found


def refused_return(world: SplitWorld) -> PaymentView:
    """Shared out, refunded, and the receiver that is there did not give its share back."""
    world.bind()
    payment = world.paid()
    world.work()
    world.desk.control.fault("return_failed", channel="wechat")
    world.refund(payment, 10_000)
    world.work()
    return payment


def test_without_an_account_that_splits_it_says_what_to_do(shop: Shop) -> None:
    page = text(by_link(person(shop.id, Role.OWNER)))
    assert "还没有收款账户打开分账" in page
    assert "开通分账产品" in page
    assert f'href="{reverse("desk:channels")}"' in page.partition("<main")[2]
    # Who may not set channels up is told the same, without the way there.
    page = text(by_link(person(shop.id, Role.VIEWER)))
    assert "还没有收款账户打开分账" in page
    assert f'href="{reverse("desk:channels")}"' not in page


def test_the_form_of_a_receiver_asks_for_a_proof_before_anything_is_typed(shop: Shop, world: SplitWorld) -> None:
    client = by_link(person(shop.id, Role.OWNER))
    for answer in (client.get(new_page(world)), client.post(new_page(world), FORM)):
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("desk:prove"))
    assert Receiver.objects.filter(shop_id=shop.id).count() == 0


def test_a_receiver_is_added_and_its_name_never_shown(shop: Shop, world: SplitWorld) -> None:
    client = proved(shop.id)
    assert client.post(new_page(world), FORM).status_code == 302
    row = Receiver.objects.get(shop_id=shop.id)
    assert (row.basis_points, row.relation, row.state) == (1250, "SUPPLIER", "asked")
    page = text(client)
    assert "已分配 12.5%" in page
    assert "上限 30%" in page
    assert "付款 24 小时后分账" in page
    assert "等待通道确认" in page
    world.bind()
    page = text(client) + client.get(one_page(row.id)).content.decode()
    assert "可以分账" in page
    assert NAME not in page
    assert NAME not in str(sql("SELECT data FROM kernel_audit"))


@pytest.mark.parametrize(
    ("over", "field", "words"),
    [
        ({"percent": "31"}, "percent", "加起来超过了上限 30%"),
        ({"percent": "12.555"}, "percent", "最多两位小数"),
        ({"percent": "１2"}, "percent", "最多两位小数"),
        ({"percent": "101"}, "percent", "最多两位小数"),
        ({"ref": "19 00"}, "ref", "不带空格"),
        ({"name": ""}, "legal-name", "商户要填写全称"),
        ({"label": " "}, "receiver-label", "请填写备注名"),
        ({"kind": "robot"}, "kind", "请选择商户或个人"),
        ({"relation": "ROBOT"}, "relation", "请选择关系"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    shop: Shop, world: SplitWorld, over: dict[str, str], field: str, words: str
) -> None:
    answer = proved(shop.id).post(new_page(world), FORM | over)
    assert answer.status_code in (409, 422)
    page = answer.content.decode()
    assert words in page.partition(f'id="{field}-bad"')[2].partition("</p>")[0]
    assert NAME not in page
    assert Receiver.objects.filter(shop_id=shop.id).count() == 0


def test_a_second_one_with_the_same_number_is_refused_at_the_number(shop: Shop, world: SplitWorld) -> None:
    world.receiver("merchant", 100)
    answer = proved(shop.id).post(new_page(world), FORM)
    assert answer.status_code == 422
    assert "已是接收方" in answer.content.decode().partition('id="ref-bad"')[2].partition("</p>")[0]


@pytest.mark.parametrize(("typed", "points"), [("0", 0), ("12.5", 1250), ("0.01", 1), ("100", 10_000), (" 3％ ", 300)])
def test_percentages_are_read_exactly(typed: str, points: int) -> None:
    assert points_of(typed) == points


@pytest.mark.parametrize("typed", ["", "-1", "1e1", "NaN", "100.01", "1.", ".5", "0.001"])
def test_other_percentages_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        points_of(typed)


def test_raising_a_share_needs_a_proof_and_lowering_it_does_not(shop: Shop, world: SplitWorld) -> None:
    receiver_id = world.receiver("merchant", 1000)
    client, fresh = by_link(person(shop.id, Role.OWNER)), proved(shop.id)
    path = one_page(receiver_id)
    answer = client.post(path, {"act": "share", "percent": "10.01"})
    assert answer.headers["Location"].startswith(reverse("desk:prove"))
    assert Receiver.objects.get(id=receiver_id).basis_points == 1000
    assert client.post(path, {"act": "share", "percent": "9.99"}).headers["Location"] == reverse("desk:splits")
    assert Receiver.objects.get(id=receiver_id).basis_points == 999
    answer = fresh.post(path, {"act": "share", "percent": "30.01"})
    assert answer.status_code == 409
    assert "加起来超过了上限 30%" in answer.content.decode().partition('id="percent-bad"')[2]
    assert fresh.post(path, {"act": "share", "percent": "30"}).status_code == 302
    assert Receiver.objects.get(id=receiver_id).basis_points == 3000
    assert fresh.post(path, {"act": "other"}).status_code == 422


def test_a_refused_receiver_is_offered_again_and_a_removed_one_is_gone(shop: Shop, world: SplitWorld) -> None:
    receiver_id, client = world.receiver("merchant", 1000), by_link(person(shop.id, Role.OWNER))
    sql("UPDATE payments_receiver SET state = 'refused', failure = 'NO_AUTH', next_try_at = NULL")
    page = text(client)
    assert "通道拒绝" in page
    assert "商户没有开通分账权限" in page
    assert client.post(one_page(receiver_id), {"act": "again"}).status_code == 302
    assert world.bind() == {receiver_id: "bound"}
    assert "再次提交" not in text(client)
    assert client.post(one_page(receiver_id), {"act": "remove"}).status_code == 302
    assert world.bind() == {receiver_id: "gone"}
    assert "还没有接收方" in text(client)
    assert client.get(one_page(receiver_id)).status_code == 404


def test_what_is_frozen_is_summed_listed_and_shared_out(shop: Shop, world: SplitWorld) -> None:
    client = proved(shop.id)
    world.receiver("merchant", 1250)
    world.bind()
    first, second = world.paid(10_000), world.paid(8_000)
    assert payments.frozen_now(shop.id) == [Money(18_000, "CNY")]
    page = text(client)
    assert "等待分账" in page
    assert "data-confirm" in page.partition('value="now"')[2][:30]
    there = reverse("desk:payment", args=[first.number])
    answer = client.post(act_page(first), {"act": "now", "next": there})
    assert answer.headers["Location"] == there
    assert client.post(act_page(second), {"act": "free"}).headers["Location"] == reverse("desk:splits")
    # Harmless while it is under way, and the buttons are gone.
    assert client.post(act_page(first), {"act": "now"}).status_code == 302
    assert 'value="now"' not in text(client)
    world.work()
    assert world.shares(first) == [(1_250, 0, "succeeded")]
    assert world.shares(second) == []
    assert payments.frozen_now(shop.id) == []
    page = text(client, "?state=released")
    assert "已分账" in page
    assert "已解冻" in page
    assert first.number not in text(client, "?state=frozen")
    assert client.post(act_page(first), {"act": "now"}).status_code == 409
    assert client.post(act_page(first), {"act": "other"}).status_code == 422
    assert [pot.stage for pot in payments.pots(shop.id)] == ["free", "shared"]


def test_giving_all_of_it_free_needs_a_proof(shop: Shop, world: SplitWorld) -> None:
    payment, client = world.paid(), by_link(person(shop.id, Role.FINANCE))
    assert client.post(act_page(payment), {"act": "free"}).headers["Location"].startswith(reverse("desk:prove"))
    assert world.splits(payment) == []


def test_what_was_not_given_back_is_told_and_asked_for_again(shop: Shop, world: SplitWorld) -> None:
    world.receiver("merchant", 1250)
    payment = refused_return(world)
    client = proved(shop.id, Role.FINANCE)
    share = pot_of(world, payment).split.shares[0]  # type: ignore[union-attr]
    assert (share.missing.amount_minor, share.returned.amount_minor) == (1_250, 0)
    assert "没有收回" in text(client)
    assert 'data-confirm="再次向“伙伴 merchant”收回 ¥12.50？"' in page_of(client, payment)
    sent = {"act": "back", "share": str(share.id)}
    assert client.post(act_page(payment), sent | {"share": str(uuid4())}).status_code == 409
    assert (
        by_link(person(shop.id, Role.FINANCE))
        .post(act_page(payment), sent)
        .headers["Location"]
        .startswith(reverse("desk:prove"))
    )
    assert client.post(act_page(payment), sent).status_code == 302
    world.work()
    page = page_of(client, payment)
    assert 'value="back"' not in page
    assert [one.state for one in pot_of(world, payment).split.shares[0].returns] == ["failed", "succeeded"]  # type: ignore[union-attr]
    assert world.shares(payment) == [(1_250, 1_250, "succeeded")]
    assert client.post(act_page(payment), sent).status_code == 409


def test_a_person_is_not_asked_again_for_what_no_channel_takes_back(shop: Shop, world: SplitWorld) -> None:
    world.receiver("person", 500)
    world.bind()
    payment = world.paid()
    world.work()
    world.refund(payment, 10_000)
    world.work()
    page = page_of(proved(shop.id, Role.FINANCE), payment)
    assert "个人接收方不能退回" in page
    assert 'value="back"' not in page


def test_cases_of_splits_say_what_to_do_next(shop: Shop, world: SplitWorld) -> None:
    payment, now = world.paid(), utc_now()
    client = by_link(person(shop.id, Role.FINANCE))
    for kind, words in {
        "split_share_failed": "用别的方式付给对方", "split_refused": "全部解冻", "split_unknown": "不会重复分账",
        "split_not_returned": "由你垫付",
    }.items():  # fmt: skip
        case_id = open_case(
            shop_id=shop.id, kind=kind, business_key=kind, payment_id=payment.id, now=now,
            detail={"reason": "ACCOUNT_ABNORMAL", "receiver": "云雀", "attempts": 5},
        )  # fmt: skip
        page = client.get(reverse("desk:case", args=[case_id])).content.decode()
        assert words in page
        assert "接收方的账户状态异常" in page


def test_refused_splits_stay_to_be_seen(shop: Shop, world: SplitWorld) -> None:
    world.receiver("merchant", 1000)
    world.bind()
    payment = world.paid()
    world.desk.control.limits(wechat_split_wait=9999)
    world.work(20)
    found = pot_of(world, payment)
    assert (found.stage, found.split, len(found.refused)) == ("stuck", None, 4)
    page = page_of(by_link(person(shop.id, Role.FINANCE)), payment)
    assert "被拒，需要处理" in page
    assert 'value="now"' in page


@pytest.mark.parametrize(
    ("role", "sees", "configures", "acts"),
    [
        (Role.OWNER, True, True, True), (Role.OPERATOR, True, False, True), (Role.FINANCE, True, False, True),
        (Role.SUPPORT, True, False, False), (Role.VIEWER, True, False, False),
    ],
)  # fmt: skip
def test_what_each_role_may(
    shop: Shop, world: SplitWorld, role: Role, sees: bool, configures: bool, acts: bool
) -> None:
    receiver_id, payment = world.receiver(), world.paid()
    client = proved(shop.id, role)
    page = text(client)
    assert (payment.number in page) is sees
    assert ('name="act" value="remove"' in page) is configures
    assert (new_page(world) in page) is configures
    assert ('name="act" value="now"' in page) is acts
    assert ('name="act" value="now"' in page_of(client, payment)) is acts
    assert client.get(new_page(world)).status_code == (200 if configures else 403)
    assert client.get(one_page(receiver_id)).status_code == (200 if configures else 403)
    assert client.post(act_page(payment), {"act": "now"}).status_code == (302 if acts else 403)
    assert (world.splits(payment) != []) is acts
    assert client.post(one_page(receiver_id), {"act": "remove"}).status_code == (302 if configures else 403)
    assert (Receiver.objects.get(id=receiver_id).state == "leaving") is configures


def test_another_shop_does_not_exist(other: Shop, world: SplitWorld) -> None:
    receiver_id, payment = world.receiver("merchant", 1250), refused_return(world)
    client = proved(other.id)
    assert payment.number not in text(client)
    share = pot_of(world, payment).split.shares[0]  # type: ignore[union-attr]
    for path, form in (
        (one_page(receiver_id), {"act": "remove"}), (one_page(receiver_id), {"act": "share", "percent": "1"}),
        (one_page(receiver_id), {"act": "again"}), (new_page(world), FORM), (act_page(payment), {"act": "now"}),
        (act_page(payment), {"act": "free"}), (act_page(payment), {"act": "back", "share": str(share.id)}),
    ):  # fmt: skip
        assert client.post(path, form).status_code == 404, (path, form)
    for path in (one_page(receiver_id), new_page(world)):
        assert client.get(path).status_code == 404
    assert Receiver.objects.filter(shop_id=world.shop).values_list("state", "basis_points").get() == ("bound", 1250)
    assert len(pot_of(world, payment).split.shares[0].returns) == 1  # type: ignore[union-attr]
    assert payments.frozen_now(other.id) == payments.pots(other.id) == payments.splitting_accounts(other.id) == []


def test_an_account_that_stopped_freezing_keeps_its_receivers_in_sight(shop: Shop, world: SplitWorld) -> None:
    receiver_id, client = world.receiver(), by_link(person(shop.id, Role.OWNER))
    tamper("UPDATE payments_account SET config = config - 'profit_sharing' WHERE shop_id = %s", [shop.id])
    page = text(client)
    assert "还没有收款账户打开分账" in page
    assert "没有打开冻结" in page
    assert one_page(receiver_id) in page
    assert new_page(world) not in page
    remove_receiver(shop_id=shop.id, receiver_id=receiver_id, actor="test", now=utc_now())
    world.bind()
    assert "没有打开冻结" not in text(client)


def test_an_account_that_cannot_be_read_does_not_break_the_page(shop: Shop, world: SplitWorld) -> None:
    world.receiver()
    tamper(
        "UPDATE payments_account SET config = jsonb_set(config, '{split_percent}', '\"x\"') WHERE shop_id = %s"
        " AND code = 'wx'",
        [shop.id],
    )
    page = text(by_link(person(shop.id, Role.OWNER)))
    assert "上限不明" in page
    assert "读不出来" in page


def test_many_pots_are_paged_and_cost_no_more_statements(shop: Shop, world: SplitWorld) -> None:
    world.receiver("merchant", 1000)
    world.receiver("person", 500)
    world.bind()
    world.paid()
    world.work()
    few = statements(shop.id)
    for _ in range(3):
        world.paid()
    world.work()
    now = utc_now()
    Pot.objects.bulk_create(
        Pot(
            payment_id=uuid4(), shop_id=shop.id, account_id=world.account.id, provider="wechat", account_code="wx",
            frozen_minor=1, cap_minor=0, currency="CNY", release_by=now, created_at=now - timedelta(days=n + 1),
        )
        for n in range(SHOWN)
    )  # fmt: skip
    assert statements(shop.id) == few
    assert payments.frozen_now(shop.id) == [Money(SHOWN, "CNY")]
    assert len(payments.pots(shop.id, state="frozen", offset=SHOWN - 1)) == 1


def statements(shop_id: UUID) -> int:
    with CaptureQueriesContext(connection) as caught:
        payments.splitting_accounts(shop_id)
        payments.pots(shop_id)
        payments.frozen_now(shop_id)
    return len(caught)
