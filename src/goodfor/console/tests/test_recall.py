"""Bad batches in the console: off sale, on sale again, called back with the cost shown before; and at the buyer's."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from goodfor.aftersales import queries as aftersales
from goodfor.aftersales.batch_models import RecallItem
from goodfor.aftersales.recall_tasks import tell_holders
from goodfor.console.tests.claim_things import sold_order
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql, state_of_all
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now

pytestmark = pytest.mark.django_db(transaction=True)


def batch_of(shop: Shop) -> UUID:
    found = sql("SELECT batch_id FROM vault_lot WHERE shop_id = %s ORDER BY sold DESC LIMIT 1", [shop.id])
    return UUID(str(found[0][0]))


def send(client: Client, batch_id: UUID, act: str, **more: str) -> Any:
    return client.post(reverse("desk:code-recall-act", args=[batch_id]), {"act": act, **more})


def open_lots(batch_id: UUID) -> int:
    return int(sql("SELECT count(*) FROM vault_lot WHERE batch_id = %s AND state = 'open'", [batch_id])[0][0])


def page(client: Client, batch_id: UUID) -> str:
    answer = client.get(reverse("desk:code-recall", args=[batch_id]))
    assert answer.status_code == 200
    return re.sub(r"<[^>]+>|[\s,]", "", answer.content.decode()).replace("¥", "")


def test_off_sale_and_on_again(shop: Shop) -> None:
    client, batch_id = proved(shop.id), batch_of(shop)
    assert "发起召回" not in page(client, batch_id), "what is on sale is not called back"
    assert send(client, batch_id, "start", counted="2").status_code == 409
    assert send(client, batch_id, "pull").status_code == 302
    assert open_lots(batch_id) == 0
    detail = client.get(reverse("desk:code-batch", args=[batch_id])).content.decode()
    assert "这批卡密有问题，已停售" in detail
    assert "停售坏批次" in detail, "its past says so"
    assert 'value="restore"' not in detail
    before = state_of_all()
    sent = {"act": "restore", "reason": "x"}
    assert client.post(reverse("desk:code-batch-act", args=[batch_id]), sent).status_code == 409
    assert send(client, batch_id, "pull").status_code == 409
    assert send(client, batch_id, "lift").status_code == 422
    assert send(client, batch_id, "no such act").status_code == 422
    # Each POST leaves its line in the audit trail; nothing else changed.
    assert {name: rows for name, rows in state_of_all().items() if name != "kernel_audit"} == {
        name: rows for name, rows in before.items() if name != "kernel_audit"
    }
    assert send(client, batch_id, "lift", reason="查过了").status_code == 302
    assert open_lots(batch_id) == 1


def test_a_recall_with_its_cost(shop: Shop) -> None:
    now, batch_id = utc_now(), batch_of(shop)
    seen = sold_order(shop, "seen", codes=2)
    client = proved(shop.id)
    send(client, batch_id, "pull")
    found = aftersales.preview_recall(shop.id, batch_id, now)
    assert (found.orders, found.codes, found.seen) == (2, 4, 2)
    text = page(client, batch_id)
    assert "召回2笔订单" in text
    assert f"{found.refunds_minor / 100:.2f}" in text
    assert f"{found.cost_minor / 100:.2f}" in text
    assert f"{found.cost_minor / 100:.2f}" not in page(inside(shop.id, Role.SUPPORT), batch_id)
    assert send(client, batch_id, "start", counted="3").status_code == 409, "not what the page had shown"
    assert send(inside(shop.id, Role.SUPPORT), batch_id, "start", counted="4").status_code == 302
    assert aftersales.recall_of(shop.id, batch_id) is None, "without a proof it only asked for one"
    assert send(client, batch_id, "start", counted="4").status_code == 302
    assert "等待处理" in page(client, batch_id)
    assert send(client, batch_id, "start", counted="4").status_code == 409
    assert tell_holders(utc_now()) == 2
    state = RecallItem.objects.get(shop_id=shop.id, order_id=seen.id).state
    assert state == "offered"
    text = page(client, batch_id)
    assert "已告知，等买家选择" in text
    assert "正在逐个处理" not in text


def test_a_viewer_sees_and_does_nothing(shop: Shop) -> None:
    client, batch_id = proved(shop.id, Role.VIEWER), batch_of(shop)
    assert "停售这批卡密" not in page(client, batch_id)
    before = state_of_all()
    for act in ("pull", "lift", "start"):
        assert send(client, batch_id, act, reason="x", counted="2").status_code == 403
    assert state_of_all() == before
