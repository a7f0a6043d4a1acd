"""Pages of accounts with suppliers: what is seen, who may write, and a statement on its way in."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql
from goodfor.console.tests.things import account_things
from goodfor.identity.types import Role
from goodfor.supply import queries as supply

pytestmark = pytest.mark.django_db(transaction=True)


def text(client: Client, name: str, *args: Any, query: str = "") -> str:
    answer = client.get(reverse(f"desk:{name}", args=args) + query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_accounts_are_seen_and_money_is_written_down_by_those_who_may(shop: Shop) -> None:
    things = account_things(shop)
    supplier_id = things["supplier_id"]
    client = proved(shop.id, Role.FINANCE)
    assert "云梯供货" in (page := text(client, "supply-accounts"))
    assert "余额不符" in page
    assert "发货后退款" in page
    page = text(client, "supply-account", supplier_id)
    assert "相差 +8.00 CNY" in page
    assert "金额相等" in page
    move, finding = reverse("desk:supply-account-move", args=[supplier_id]), things["finding_id"]
    close = reverse("desk:supply-finding-close", args=[finding])
    form = {"kind": "correction", "amount": "-2.50", "note": "手续费", "key": str(uuid4())}
    other = inside(shop.id, Role.OPERATOR)
    assert other.get(reverse("desk:supply-accounts")).status_code == 403
    assert [other.post(move, form).status_code, other.post(close).status_code] == [403, 403]
    assert "/prove" in inside(shop.id).post(move, form)["Location"]
    for wrong in ({"amount": "x"}, {"amount": "0"}, {"note": " "}, {"kind": "gift"}):
        assert client.post(move, {**form, **wrong}).status_code == 422, wrong
    assert [client.post(move, form).status_code for _ in range(2)] == [302, 302]
    assert [one.kind for one in supply.movements(shop.id, supplier_id)] == ["correction", "top_up"]
    assert "−2.50" in text(client, "supply-account", supplier_id)
    assert client.post(close, {"note": "已换卡"}).status_code == 302
    assert client.post(close, {"note": "已换卡"}).status_code == 409
    assert not supply.finding(shop.id, finding).open
    done = {row[0] for row in sql("SELECT action FROM kernel_audit WHERE action LIKE 'supply.%%'", [])}
    assert {"supply.money_moved", "supply.finding_closed", "supply.statement_taken", "supply.profile_set"} <= done


def test_a_statement_is_checked_taken_in_and_asked_about(shop: Shop) -> None:
    things = account_things(shop)
    client = inside(shop.id, Role.FINANCE)
    here = reverse("desk:supply-statements", args=[things["supplier_id"]])
    assert "1.csv" in client.get(here).content.decode()
    assert client.post(here).status_code == 422
    assert "只能导入" in client.post(here, {"file": SimpleUploadedFile("a.pdf", b"%PDF")}).content.decode()
    assert "没有一行" not in client.post(here, {"day": "2026-01-01"}).content.decode()
    data = "甲,乙,丙\n1,8.00,2026-01-02 08:00\n2,9.00,2026-01-02 09:00\n合计,17.00,\n".encode("gb18030")
    sent = client.post(here, {"file": SimpleUploadedFile("二月.csv", data)})
    assert sent.status_code == 302
    assert "请先指定金额列" in client.get(sent["Location"]).content.decode()
    check = reverse("desk:supply-statement-check", args=[things["supplier_id"]])
    mark = sent["Location"].split("mark=")[1].split("&")[0]
    form = {"mark": mark, "name": "二月.csv", "number": "甲", "amount": "乙", "time": "丙", "sign": "opposite",
            "times": "ymd", "header": "1", "act": "try"}  # fmt: skip
    page = client.post(check, form).content.decode()
    assert "扣款合计" in page
    assert "17.00" in page
    # A file is good for one look at it by nobody else.
    assert client.post(check, {**form, "mark": "0" * 64}).status_code == 422
    taken = client.post(check, {**form, "act": "take"})
    assert taken.status_code == 302
    page = client.get(taken["Location"]).content.decode()
    assert "只在对方账单" in page
    again = client.post(here, {"file": SimpleUploadedFile("二月.csv", data)})
    assert client.post(check, {**form, "act": "take"}).status_code == 409, again.status_code
    first = reverse("desk:supply-statement", args=[things["statement_id"]])
    assert "金额不同" in client.get(first + "?verdict=amount").content.decode()
    assert client.post(first, {"act": "ask"}).status_code == 302
    assert sql("SELECT count(*) FROM supply_attempt WHERE next_at IS NOT NULL") == [(1,)]
    assert client.post(first, {"act": "match"}).status_code == 302
