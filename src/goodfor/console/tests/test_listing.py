"""The list kit: addresses, files, columns, views, exports, batches with their counted confirmation."""

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.urls import reverse
from python_calamine import CalamineWorkbook

from goodfor.console import queries, tasks
from goodfor.console.desk.orders import ORDERS
from goodfor.console.listing import asked
from goodfor.console.listing.files import csv_text, is_formula, write_csv, write_xlsx
from goodfor.console.listing.running import export_path
from goodfor.console.models import Batch, BatchItem, Export, SavedView
from goodfor.console.tests.conftest import CONTACT, Shop
from goodfor.console.tests.helpers import by_link, inside, person, proved, sql, state_of_all
from goodfor.console.types import Visitor
from goodfor.identity import queries as identity
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.orders.operations import place_order
from goodfor.orders.types import Buyer, LineRequest

pytestmark = pytest.mark.django_db(transaction=True)
EVIL = ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", '=HYPERLINK("http://evil.example")']


def visitor(shop: Shop, role: str = Role.OWNER) -> Visitor:
    one = person(shop.id, role)
    return Visitor(one.staff, identity.shop_by_id(shop.id), one.staff.id, "link", utc_now(), first_visit=True)


def test_an_address_is_read_strictly(shop: Shop) -> None:
    read = asked.read(
        ORDERS,
        {"tab": "nope", "sort": "total", "size": "7", "page": "-1", "channel": "x", "total_from": "1.234",
         "placed_from": "gestern", "number": "  P1\x00 ", "evil": "1"},
        visitor(shop),
    )  # fmt: skip
    assert (read.tab, read.sort, read.size, read.page) == ("all", "", 20, 1)
    assert read.values == {"number": "P1"}
    assert {key for key, _words in read.problems} == {"channel", "total_from", "placed_from"}


def test_days_are_days_of_the_shop(shop: Shop) -> None:
    read = asked.read(ORDERS, {"placed_from": "2026-01-31", "placed_until": "2026-01-31"}, visitor(shop))
    assert read.values["placed_from"] == datetime(2026, 1, 30, 16, tzinfo=UTC)
    assert read.values["placed_until"] - read.values["placed_from"] == timedelta(days=1)


def test_what_one_may_not_filter_by_is_not_read(shop: Shop) -> None:
    assert asked.read(ORDERS, {"contact": CONTACT}, visitor(shop, Role.VIEWER)).values == {}
    assert asked.read(ORDERS, {"contact": CONTACT}, visitor(shop, Role.SUPPORT)).values == {"contact": CONTACT}


@pytest.mark.parametrize(("page", "size"), [("999999999", "200"), ("1000000000000", "20")])
def test_no_page_is_too_deep(shop: Shop, page: str, size: str) -> None:
    assert inside(shop.id).get("/console/orders/", {"page": page, "size": size}).status_code == 200


def test_every_filter_finds_and_leaves_out(shop: Shop, other: Shop) -> None:
    client = inside(shop.id)
    placed, delivered = shop.placed.number, shop.delivered.number
    sku = str(shop.demo.skus["kw-50"])
    today = f"{utc_now():%Y-%m-%d}"
    for query, found in (
        ({}, {placed, delivered}),
        ({"tab": "placed"}, {placed}),
        ({"tab": "refunded"}, set()),
        ({"number": placed}, {placed}),
        ({"number": other.placed.number}, set()),
        ({"external": "ref-demo"}, {delivered}),
        ({"external": "ref-other"}, set()),
        ({"contact": f" {CONTACT.upper()} "}, {placed}),
        ({"contact": "x@shop.example"}, set()),
        ({"channel": "api"}, {delivered}),
        ({"total_from": "90"}, {delivered}),
        ({"total_until": "50"}, {placed}),
        ({"sku": f"sku:{sku}"}, {placed, delivered}),
        ({"sku": f"sku:{sku}", "tab": "placed"}, {placed}),
        ({"sku": f"sku:{shop.demo.skus['kw-100']}"}, set()),
        ({"placed_until": "2020-01-01"}, set()),
        ({"placed_from": today, "sort": "placed"}, {placed, delivered}),
    ):
        page = client.get("/console/orders/", query).content.decode()
        got = {number for number in (placed, delivered) if f"/console/orders/{number}/" in page}
        assert got == found, query
        # The goods and the buyer's account stand in every row.
        assert page.count("酷玩点数卡 50 元 ×") >= len(found)
        assert CONTACT not in page


@pytest.mark.parametrize("text", EVIL)
def test_formulas_are_text(text: str, tmp_path: Path) -> None:
    assert is_formula(text)
    assert csv_text(text) == f"'{text}"
    rows = [[text, Decimal("-9.90"), 3, None, datetime(2026, 1, 2, 3, 4, 5)]]  # noqa: DTZ001
    assert write_csv(tmp_path / "a.csv", ["x"] * 5, iter([rows]), lambda _: None) == 1
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1] == [f"'{text}", "-9.90", "3", "", "2026-01-02 03:04:05"]
    write_xlsx(tmp_path / "a.xlsx", ["x"] * 5, iter([rows]), lambda _: None)
    read = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()
    assert read[1][:3] == [text, -9.9, 3]
    assert b"<f>" not in (tmp_path / "a.xlsx").read_bytes()


def test_an_export_from_wish_to_file(shop: Shop, other: Shop) -> None:
    sql("UPDATE orders_line SET title = '=cmd|x' WHERE order_id = %s", [shop.placed.order_id])
    one = person(shop.id, Role.OPERATOR)
    client = by_link(one)
    sent = {"query": "tab=all&number=", "format": "csv", "all_columns": "1"}
    assert client.post(reverse("desk:orders-export"), sent).headers["Location"] == reverse("desk:exports")
    row = Export.objects.get(shop_id=shop.id)
    file_url = reverse("desk:export-file", args=[row.id])
    assert client.get(file_url).status_code == 404
    assert tasks.write_exports(utc_now()) == 1
    assert tasks.write_exports(utc_now()) == 0
    row.refresh_from_db()
    assert (row.state, row.rows) == ("done", 2)
    path = export_path(row.id, "csv")
    assert path.stat().st_mode & 0o777 == 0o600
    answer = client.get(file_url)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert shop.placed.number in text
    assert CONTACT in text
    assert "'=cmd|x ×1" in text
    assert other.placed.number not in text
    assert answer.headers["Content-Disposition"].startswith("attachment")
    # What its maker may see others may not: only the maker and an owner take it.
    assert by_link(person(shop.id, Role.FINANCE)).get(file_url).status_code == 404
    assert inside(shop.id).get(file_url).status_code == 200
    assert inside(other.id).get(file_url).status_code == 404
    sql("UPDATE console_export SET expires_at = now() - interval '1 minute'")
    assert client.get(file_url).status_code == 404
    assert tasks.expire_exports.func(0) == 1  # type: ignore[attr-defined]
    assert not path.exists()
    assert sql("SELECT action FROM kernel_audit WHERE action LIKE 'console.export%%' ORDER BY id") == [
        ("console.export_asked",), ("console.export_taken",), ("console.export_taken",),
    ]  # fmt: skip


def test_an_export_left_behind_is_written_again(shop: Shop) -> None:
    client = inside(shop.id)
    client.post(reverse("desk:orders-export"), {"format": "xlsx"})
    sql("UPDATE console_export SET state = 'running'")
    assert tasks.write_exports(utc_now()) == 1
    row = Export.objects.get(shop_id=shop.id)
    assert (row.state, row.rows) == ("done", 2)
    sheet = CalamineWorkbook.from_path(export_path(row.id, "xlsx")).get_sheet_by_index(0).to_python()
    assert len(sheet) == 3
    assert {line[sheet[0].index("金额")] for line in sheet[1:]} == {97.0, 48.5}


def test_an_export_of_somebody_who_was_let_go_fails(shop: Shop) -> None:
    one = person(shop.id, Role.OPERATOR)
    by_link(one).post(reverse("desk:orders-export"), {"format": "csv"})
    sql("UPDATE identity_staff SET active = false WHERE id = %s", [one.staff.id])
    tasks.write_exports(utc_now())
    assert Export.objects.get(shop_id=shop.id).state == "failed"


def test_columns_are_kept_per_person(shop: Shop) -> None:
    one = person(shop.id)
    client = by_link(one)
    assert "外部单号</th>" not in client.get("/console/orders/").content.decode()
    client.post(reverse("desk:orders-columns"), {"column": ["external", "evil"], "query": "tab=placed"})
    page = client.get("/console/orders/").content.decode()
    assert "外部单号</th>" in page
    assert "渠道</th>" not in page
    # What must always be seen stays.
    assert "买家</th>" in page
    assert "外部单号</th>" not in inside(shop.id).get("/console/orders/").content.decode()
    client.post(reverse("desk:orders-columns"), {"reset": "1"})
    assert "渠道</th>" in client.get("/console/orders/").content.decode()
    assert queries.chosen_columns(shop.id, one.staff.id, "orders") is None


def test_views_are_kept_per_person(shop: Shop) -> None:
    one = person(shop.id, Role.SUPPORT)
    client = by_link(one)
    sent = {"name": "待付款大单", "query": "tab=placed&total_from=10&evil=1&page=4"}
    assert client.post(reverse("desk:orders-views"), sent).status_code == 302
    assert client.post(reverse("desk:orders-views"), sent).status_code == 422
    assert client.post(reverse("desk:orders-views"), {"name": " "}).status_code == 422
    row = SavedView.objects.get(shop_id=shop.id)
    assert row.query == "tab=placed&total_from=10"
    stranger = inside(shop.id, Role.SUPPORT)
    stranger.post(reverse("desk:orders-views"), {"forget": str(row.id)})
    assert "待付款大单" in client.get("/console/orders/").content.decode()
    client.post(reverse("desk:orders-views"), {"forget": str(row.id)})
    assert "待付款大单" not in client.get("/console/orders/").content.decode()


def confirm(client: Any, sent: dict[str, Any], listing: str = "orders") -> tuple[str, str]:
    """The confirmation page of what was picked, and its token."""
    picked = client.post(reverse(f"desk:{listing}-pick"), sent)
    assert picked.headers["Location"] == reverse(f"desk:{listing}-batch")
    page = client.get(picked.headers["Location"]).content.decode()
    return page, page.split('name="token" value="')[1].split('"')[0]


def test_a_batch_on_the_whole_query(shop: Shop) -> None:
    client = inside(shop.id, Role.SUPPORT)
    page, token = confirm(client, {"act": "cancel", "whole": "1", "query": ""})
    assert "取消 2 个未付款的订单" in page
    batch_url = reverse("desk:orders-batch")
    before = state_of_all()
    assert client.post(batch_url, {"token": "x"}).status_code == 409
    assert state_of_all() == before
    started = client.post(batch_url, {"token": token})
    row = Batch.objects.get(shop_id=shop.id)
    assert started.headers["Location"] == reverse("desk:batch", args=[row.id])
    assert tasks.do_batches(utc_now()) == 2
    assert tasks.do_batches(utc_now()) == 0
    row.refresh_from_db()
    assert (row.state, row.total, row.done, row.refused) == ("done", 2, 1, 1)
    assert sql("SELECT state FROM orders_order WHERE id = %s", [shop.placed.order_id]) == [("cancelled",)]
    shown = client.get(started.headers["Location"]).content.decode()
    assert shop.delivered.number in shown
    assert "当前状态不能进行此操作" in shown


def test_a_changed_result_is_confirmed_anew(shop: Shop) -> None:
    client = inside(shop.id, Role.SUPPORT)
    _page, token = confirm(client, {"act": "cancel", "whole": "1", "query": "tab=placed"})
    place_order(
        shop_id=shop.id, lines=[LineRequest(shop.demo.skus["kw-50"], 1)], buyer=Buyer("z"), channel="storefront",
        now=utc_now(),
    )  # fmt: skip
    answer = client.post(reverse("desk:orders-batch"), {"token": token})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "查询结果已变化" in page
    assert "取消 2 个未付款的订单" in page
    assert Batch.objects.count() == 0
    token = page.split('name="token" value="')[1].split('"')[0]
    assert client.post(reverse("desk:orders-batch"), {"token": token}).status_code == 302
    assert BatchItem.objects.count() == 2


def test_sending_a_confirmation_twice_is_one_batch(shop: Shop) -> None:
    client = inside(shop.id, Role.SUPPORT)
    sent = {"act": "cancel", "pick": str(shop.placed.order_id)}
    _page, token = confirm(client, sent)
    client.post(reverse("desk:orders-batch"), {"token": token})
    client.post(reverse("desk:orders-pick"), sent)
    client.post(reverse("desk:orders-batch"), {"token": token})
    assert Batch.objects.count() == 1


def test_a_confirmation_is_for_its_own_rows(shop: Shop) -> None:
    """A token of one selection confirms no other, and no token of another salt does."""
    client = inside(shop.id, Role.SUPPORT)
    _page, token = confirm(client, {"act": "cancel", "pick": str(shop.placed.order_id)})
    client.post(reverse("desk:orders-pick"), {"act": "cancel", "pick": str(shop.delivered.id)})
    assert client.post(reverse("desk:orders-batch"), {"token": token}).status_code == 409
    forged = signing.dumps({"batch": "x", "count": 1, "digest": "x"}, salt="other")
    assert client.post(reverse("desk:orders-batch"), {"token": forged}).status_code == 409
    assert Batch.objects.count() == 0


def test_a_killed_worker_repeats_nothing(shop: Shop) -> None:
    client = proved(shop.id)
    _page, token = confirm(client, {"act": "refund", "pick": [str(shop.delivered.id), str(shop.placed.order_id)]})
    assert client.post(reverse("desk:orders-batch"), {"token": token}).status_code == 200
    assert Batch.objects.count() == 0
    client.post(reverse("desk:orders-batch"), {"token": token, "note": "活动取消"})
    row = Batch.objects.get(shop_id=shop.id)
    # As if the worker had died after the first row was committed, and again in the middle of all.
    tasks.do_batches(utc_now() - timedelta(hours=1))
    for _ in range(3):
        tasks.do_batches(utc_now())
    row.refresh_from_db()
    assert (row.state, row.done, row.refused) == ("done", 1, 1)
    assert sql("SELECT count(*), sum(amount_minor) FROM payments_refund") == [(1, 9700)]
    assert sql("SELECT data->>'reason' FROM kernel_audit WHERE action = 'order_refunded'") == [("活动取消",)]


def test_dangerous_batches_ask_who_one_is(shop: Shop) -> None:
    client = by_link(person(shop.id, app=True))
    client.post(reverse("desk:orders-pick"), {"act": "refund", "pick": str(shop.delivered.id)})
    asked_for = client.get(reverse("desk:orders-batch"))
    assert asked_for.headers["Location"] == "/console/prove?next=%2Fconsole%2Forders%2Fbatch"
    before = state_of_all()
    assert client.post(reverse("desk:orders-batch"), {"token": "x", "note": "x"}).status_code == 302
    assert state_of_all() == before


def test_nothing_picked_is_nothing(shop: Shop) -> None:
    client = inside(shop.id, Role.SUPPORT)
    before = state_of_all()
    assert client.post(reverse("desk:orders-pick"), {"act": "cancel"}).status_code == 422
    assert client.post(reverse("desk:orders-pick"), {"act": "cancel", "pick": "x"}).status_code == 422
    assert client.post(reverse("desk:orders-pick"), {"act": "nope", "pick": str(shop.delivered.id)}).status_code == 403
    assert state_of_all() == before
