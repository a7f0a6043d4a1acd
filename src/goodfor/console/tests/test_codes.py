"""Codes in the console: a dirty file through all steps, acts on batches, looking one up, taking the rest away."""

import logging
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goodfor.console.operations.wish import decide_wish
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import by_link, inside, old_hand, person, proved, sql, state_of_all
from goodfor.console.views import receiving
from goodfor.console.wish_queries import newest_wish
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.ledger import queries as ledger
from goodfor.orders.tests.factories import relay_all
from goodfor.vault import operations as vault
from goodfor.vault import queries as stock
from goodfor.vault import tasks
from goodfor.vault.importing import source

pytestmark = pytest.mark.django_db(transaction=True)
SECRETS = [f"XK{i:04d}-QWERTZ-{i * 7919:06d}" for i in range(40)]
FORM = "/console/codes/import/"
#: What comes with somebody new.
NEW_PERSON = {"auth_user", "identity_staff", "identity_signin_link", "mfa_authenticator"}


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    with caplog.at_level(logging.DEBUG):
        yield caplog


def kept(tmp_path: Path) -> list[str]:
    folder = tmp_path / "imports"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def upload(client: Client, shop: Shop, data: bytes, name: str = "codes.csv", **more: Any) -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(FORM, {"sku": str(shop.demo.skus["kw-100"]), "cost": "3.20", "file": file, **more})


def work() -> None:
    while tasks.advance_intakes(utc_now()):
        continue


def checked(client: Client, shop: Shop, data: bytes, name: str = "codes.csv", **more: Any) -> str:
    """The page of a file that was handed in and checked."""
    answer = upload(client, shop, data, name, **more)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    work()
    return str(answer.headers["Location"])


def send(client: Client, page: str, act: str, **more: Any) -> Any:
    return client.post(page + "act", {"act": act, **more})


def loaded(client: Client, shop: Shop, **more: Any) -> str:
    """The page of a batch with all of SECRETS."""
    page = checked(client, shop, "\n".join(SECRETS).encode(), "codes.txt", **more)
    assert send(client, page, "confirm", checks="0").status_code == 302
    work()
    batch_id = stock.intake(shop.id, UUID(page.split("/")[-2])).batch_id
    return f"/console/codes/batches/{batch_id}/"


def nothing_told(said: pytest.LogCaptureFixture, *pages: str) -> None:
    """No secret stands in any page, log line or row."""
    tables = sql(
        "SELECT table_name FROM information_schema.tables"
        " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
    )
    rows = [str(row) for (name,) in tables for row in sql(f"SELECT t::text FROM {name} t")]
    everything = "\n".join([*pages, said.text, *rows])
    assert [secret for secret in SECRETS if secret in everything] == []


DIRTY = [
    ("utf-8-sig", "卡号,卡密\r\n"),
    ("gb18030", "卡号,卡密\r\n"),
    ("utf-16", "卡号\t卡密\r\n"),
    ("utf-8", "卡号，卡密\n"),
]


@pytest.mark.parametrize(("encoding", "head"), DIRTY)
def test_a_dirty_file_goes_all_the_way(
    shop: Shop, said: pytest.LogCaptureFixture, tmp_path: Path, encoding: str, head: str
) -> None:
    cut, end = head[2], head[5:]
    lines = [f"{i:03d}{cut}{secret}" for i, secret in enumerate(SECRETS)]
    lines[5:5] = ["", lines[2], f"９９９{cut}ＦＵＬＬ－ＷＩＤＥ", f"777{cut}", "  "]
    data = (head + end.join(lines) + end).encode(encoding)
    client = inside(shop.id, Role.OPERATOR)
    page = checked(client, shop, data)
    report = client.get(page).content.decode()
    assert "¥" in report
    found = stock.intake(shop.id, UUID(page.split("/")[-2]))
    assert found.report is not None
    assert found.report.counts.accepted == len(SECRETS) + 1
    assert (found.report.counts.duplicate_in_file, found.report.counts.rejected) == (1, 1)
    assert found.report.cost_minor == (len(SECRETS) + 1) * 320
    assert "131.20" in report.replace('<span class="money-cents">', "").replace("</span>", "")
    assert len(kept(tmp_path)) == 1
    answers = [send(client, page, "confirm", checks="0") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    running = client.get(page).content.decode()
    assert 'hx-trigger="every 2s"' in running
    work()
    last = client.get(page).content.decode()
    assert "已导入 41 个卡密" in last
    assert kept(tmp_path) == []
    done = stock.intake(shop.id, found.id)
    batches = [one for one in stock.batches(shop.id) if one.sku_id == shop.demo.skus["kw-100"]]
    assert [(one.id, one.counts.accepted) for one in batches] == [(done.batch_id, 41)]
    detail = client.get(f"/console/codes/batches/{done.batch_id}/").content.decode()
    listed = client.get("/console/codes/batches/").content.decode()
    on_hand = client.get("/console/codes/stock/").content.decode()
    assert "codes.csv" in listed
    nothing_told(said, report, running, last, detail, listed, on_hand)


def test_pasted_codes(shop: Shop, said: pytest.LogCaptureFixture) -> None:
    client = inside(shop.id, Role.OPERATOR)
    answer = client.post(FORM, {"sku": str(shop.demo.skus["kw-100"]), "pasted": "\r\n".join(SECRETS[:3])})
    work()
    page = answer.headers["Location"]
    found = stock.intake(shop.id, UUID(page.split("/")[-2]))
    assert found.report is not None
    assert (found.report.counts.accepted, found.report.cost_minor) == (3, 0)
    nothing_told(said, client.get(page).content.decode())


def test_corrections_and_cancelling(shop: Shop, tmp_path: Path) -> None:
    client = inside(shop.id, Role.OPERATOR)
    data = "".join(f"{i};{secret};x\n" for i, secret in enumerate(SECRETS)).encode()
    page = checked(client, shop, data)
    refused = client.get(page).content.decode()
    assert "无法确定哪一列" in refused
    assert send(client, page, "confirm", checks="0").status_code == 409
    assert send(client, page, "check", cost="x").status_code == 422
    settings = {"cost": "2", "separator": "semicolon", "column": ["number", "secret", "-"], "skip": "1"}
    assert send(client, page, "check", **settings).status_code == 302
    work()
    found = stock.intake(shop.id, UUID(page.split("/")[-2]))
    assert found.report is not None
    assert (found.state, found.report.counts.accepted, found.report.cost_minor) == ("checked", 39, 39 * 200)
    assert send(client, page, "confirm", checks="0").status_code == 409
    assert send(client, page, "cancel").status_code == 302
    assert kept(tmp_path) == []
    assert stock.intake(shop.id, found.id).state == "dropped"
    before = state_of_all()
    assert send(client, page, "confirm", checks="1").status_code == 409
    assert send(client, page, "nonsense").status_code == 422
    assert state_of_all() == before


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"sku": "x", "pasted": "A"}, "请选择商品"),
        ({"pasted": "A", "cost": "abc"}, "请写成 9.90"),
        ({"pasted": "A", "expires": "2020-01-01"}, "有效期已过"),
        ({"pasted": "A", "expires": "9999-12-31"}, "请写成 2026-12-31"),
        ({}, "请选择文件"),
    ],
)
def test_a_form_that_makes_no_sense_is_explained(shop: Shop, tmp_path: Path, sent: dict[str, str], words: str) -> None:
    client = inside(shop.id, Role.OPERATOR)
    client.get(FORM)
    before = state_of_all()
    answer = client.post(FORM, {"sku": str(shop.demo.skus["kw-100"]), **sent})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert state_of_all() == before
    assert kept(tmp_path) == []


def test_hostile_files_are_refused_with_clear_words(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = inside(shop.id, Role.OPERATOR)
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 80 * 1024 * 1024)
    tried = [
        ("bomb.xlsx", bomb.read_bytes(), "解压后过大"),
        ("bomb.zip", bomb.read_bytes(), "请使用 TXT、CSV 或 XLSX"),
        ("noise.txt", bytes(range(256)) * 40_000, "不是文本文件"),
    ]
    for name, data, words in tried:
        assert words in client.get(checked(client, shop, data, name)).content.decode()
    before, files = state_of_all(), kept(tmp_path)
    monkeypatch.setattr(source, "MAX_BYTES", 1_000_000)
    answer = upload(client, shop, b"x" * 1_000_001)
    assert answer.status_code == 422
    assert "文件太大" in answer.content.decode()
    monkeypatch.setattr(receiving, "MAX_FILE_BYTES", 1000)
    monkeypatch.setattr(receiving, "ROOM", 1000)
    answer = upload(client, shop, b"x" * 5000)
    assert answer.status_code == 422
    assert "200 MB" in answer.content.decode()
    assert upload(client, shop, b"").status_code == 422
    assert state_of_all() == before
    assert kept(tmp_path) == files


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FINANCE, Role.VIEWER])
def test_without_the_right_nothing_reaches_the_disk(shop: Shop, tmp_path: Path, role: str) -> None:
    client = proved(shop.id, role)
    before = state_of_all()
    assert upload(client, shop, "\n".join(SECRETS).encode()).status_code == 403
    assert state_of_all() == before
    assert kept(tmp_path) == []
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = by_link(person(shop.id, Role.OPERATOR)).cookies
    before = state_of_all()
    assert upload(strict, shop, "\n".join(SECRETS).encode()).status_code == 403
    assert upload(Client(), shop, "\n".join(SECRETS).encode()).status_code == 403
    assert state_of_all() == before
    assert kept(tmp_path) == []


def test_what_can_be_done_with_a_batch(shop: Shop) -> None:
    client = proved(shop.id)
    page = loaded(client, shop)
    batch_id, sku = UUID(page.split("/")[-2]), shop.demo.skus["kw-100"]

    def available() -> int:
        return stock.stock(shop.id, [sku])[sku].available

    assert available() == 40
    assert send(client, page, "quarantine").status_code == 422
    assert available() == 40
    assert send(client, page, "quarantine", reason="供应商说有问题").status_code == 302
    assert available() == 0
    assert send(client, page, "restore", reason="查清楚了").status_code == 302
    assert available() == 40
    assert send(client, page, "expiry", reason="x").status_code == 422
    assert send(client, page, "expiry", reason="x", expires="2001-01-01").status_code == 422
    assert send(client, page, "expiry", reason="x", expires="2039-12-31").status_code == 302
    assert sql("SELECT (expires_at AT TIME ZONE 'Asia/Shanghai')::text FROM vault_lot WHERE batch_id = %s",
               [batch_id]) == [("2040-01-01 00:00:00",)]  # fmt: skip
    assert send(client, page, "cost", reason="x", cost="1").status_code == 409
    assert send(client, page, "activate").status_code == 409
    vault.take(shop_id=shop.id, sku_id=sku, holder_id=shop.id, quantity=2, now=utc_now())
    assert send(client, page, "void", reason="x", counted="37").status_code == 409
    assert available() == 38
    assert send(client, page, "void", reason="过期", counted="38").status_code == 302
    assert available() == 0
    assert sql("SELECT state, count(*) FROM vault_code WHERE sku_id = %s GROUP BY 1 ORDER BY 1", [sku]) == [
        (2, 2), (4, 38),
    ]  # fmt: skip
    assert send(client, page, "void", reason="x", counted="0").status_code == 409
    events = sql("SELECT payload->>'count', payload->>'cost_minor' FROM kernel_event WHERE name = 'vault.codes_voided'")
    assert [(int(count), int(cost)) for count, cost in events] == [(38, 38 * 320)]
    relay_all(utc_now())
    assert ledger.balance(shop.id, f"1405:codes:{sku}") == 2 * 320
    assert ledger.balance(shop.id, "5401:cogs:void") == 38 * 320
    shown = client.get(page).content.decode()
    for text in ("供应商说有问题", "查清楚了", "作废剩余卡密", "38 个"):
        assert text in shown


def test_a_held_batch(shop: Shop) -> None:
    client = inside(shop.id, Role.OPERATOR)
    page, sku = loaded(client, shop, hold="1"), shop.demo.skus["kw-100"]
    assert stock.stock(shop.id, [sku]) == {}
    assert send(client, page, "cost", reason="合同价", cost="2.50").status_code == 302
    assert send(client, page, "activate").status_code == 302
    assert stock.stock(shop.id, [sku])[sku].available == 40
    assert sql("SELECT DISTINCT unit_cost_minor FROM vault_lot WHERE sku_id = %s", [sku]) == [(250,)]


@pytest.mark.parametrize(
    ("role", "denied"),
    [
        (Role.VIEWER, ["quarantine", "restore", "void", "activate", "cancel", "expiry", "cost", "x", ""]),
        (Role.FINANCE, ["quarantine", "restore", "void", "activate", "cancel", "expiry", "cost"]),
        (Role.SUPPORT, ["void", "activate", "cancel", "expiry", "cost"]),
    ],
)
def test_acts_need_their_rights(shop: Shop, role: str, denied: list[str]) -> None:
    page, client = loaded(inside(shop.id, Role.OPERATOR), shop), proved(shop.id, role)
    assert client.get(page).status_code == 200
    assert client.get(page + "codes").status_code == 403
    before = state_of_all()
    for act in denied:
        assert send(client, page, act, reason="x", counted="40", expires="2039-01-01").status_code == 403, act
    assert client.post(page + "codes", {"reason": "x", "counted": "40"}).status_code == 403
    assert state_of_all() == before


def test_dangerous_acts_ask_who_one_is(shop: Shop) -> None:
    client = inside(shop.id)
    page = loaded(client, shop)
    before = state_of_all()
    answers = [
        send(client, page, "void", reason="x", counted="40"),
        client.get(page + "codes"),
        client.post(page + "codes", {"reason": "x", "counted": "40"}),
    ]
    assert [(one.status_code, one.headers["Location"].split("?")[0]) for one in answers] == [
        (302, "/console/prove")
    ] * 3
    assert state_of_all() == before


def test_the_rest_of_a_batch_is_taken_away_in_the_open(shop: Shop) -> None:
    client = proved(shop.id)
    data = "卡号,卡密\n=1+1,@SUM(A1)\n002,-2+3cmd\n003,PLAIN-0003\n".encode()
    page = checked(client, shop, data, expires="2039-12-31")
    send(client, page, "confirm", checks="0")
    work()
    batch_id = stock.intake(shop.id, UUID(page.split("/")[-2])).batch_id
    where, sku = f"/console/codes/batches/{batch_id}/codes", shop.demo.skus["kw-100"]
    colleague = old_hand(shop.id)
    assert "PLAIN-0003" not in client.get(where).content.decode()
    before = state_of_all()
    assert client.post(where, {"counted": "3"}).status_code == 422
    assert client.post(where, {"counted": "2", "reason": "x"}).status_code == 422
    # Nobody has said yes.
    assert client.post(where, {"act": "take", "counted": "3"}).status_code == 409
    assert state_of_all() == before
    assert client.post(where, {"act": "wish", "counted": "3", "reason": "退给供应商"}).status_code == 302
    before = state_of_all()
    assert client.post(where, {"act": "take", "counted": "3"}).status_code == 409
    assert state_of_all() == before
    waiting = newest_wish(shop.id, "codes", UUID(str(batch_id)))
    assert waiting is not None
    decide_wish(shop_id=shop.id, wish_id=waiting.id, staff=colleague.staff, approve=True, now=utc_now())
    before = state_of_all()
    assert client.post(where, {"act": "take", "counted": "2"}).status_code == 422
    # Another owner may not take what this one asked for.
    assert proved(shop.id).post(where, {"act": "take", "counted": "3"}).status_code == 409
    assert {name for name, state in state_of_all().items() if before[name] != state} <= NEW_PERSON
    answer: Any = client.post(where, {"act": "take", "counted": "3"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.split("\r\n")[:4] == [
        "卡号,卡密,有效期", "'=1+1,'@SUM(A1),2039-12-31", "002,'-2+3cmd,2039-12-31", "003,PLAIN-0003,2039-12-31",
    ]  # fmt: skip
    lines = sql("SELECT data->>'count', data->>'reason' FROM kernel_audit WHERE action = 'vault.codes_exported'")
    assert lines == [("3", "退给供应商")]
    assert sql("SELECT kind, done, codes, unsold FROM console_look") == [("export", True, 3, 3)]
    # Once.
    assert client.post(where, {"act": "take", "counted": "3"}).status_code == 409
    assert stock.stock(shop.id, [sku])[sku].available == 0
    assert "PLAIN-0003" not in str(sql("SELECT data FROM kernel_audit"))


def test_whose_code_it_is(shop: Shop, said: pytest.LogCaptureFixture) -> None:
    operator, support = inside(shop.id, Role.OPERATOR), proved(shop.id, Role.SUPPORT)
    loaded(operator, shop)
    line_id = sql("SELECT id FROM orders_line WHERE order_id = %s", [shop.placed.order_id])[0][0]
    vault.release(shop_id=shop.id, holder_id=line_id, now=utc_now())
    vault.take(shop_id=shop.id, sku_id=shop.demo.skus["kw-100"], holder_id=line_id, quantity=1, now=utc_now())
    where = reverse("desk:code-find")
    assert support.post(where, {"secret": ""}).status_code == 422
    missing = support.post(where, {"secret": SECRETS[0] + "x"}).content.decode()
    assert "本店没有这个卡密" in missing
    answer = support.post(where, {"secret": f" {SECRETS[0]} "})
    page = answer.headers["Location"]
    shown = support.get(page).content.decode()
    assert shop.placed.number in shown
    assert support.post(page, {"act": "quarantine"}).status_code == 422
    assert support.post(page, {"act": "quarantine", "reason": "买家说用不了"}).status_code == 302
    assert support.post(page, {"act": "void", "reason": "x"}).status_code == 403
    assert support.post(page, {"act": "restore", "reason": "可以用"}).status_code == 302
    assert sql("SELECT state FROM vault_code WHERE holder_id = %s", [line_id]) == [(2,)]
    noted = sql("SELECT data->>'found' FROM kernel_audit WHERE action = 'vault.code_looked_up' ORDER BY id")
    assert noted == [("false",), ("true",)]
    nothing_told(said, missing, shown)


def test_batches_and_stock_are_filtered(shop: Shop) -> None:
    client = inside(shop.id)
    loaded(client, shop, note="供应商甲", expires="2039-12-31")
    sku = shop.demo.skus["kw-100"]
    tries = [
        ("?tab=open", True), ("?tab=staging", False), ("?tab=ended", False), (f"?sku={sku}", True),
        (f"?sku={shop.demo.skus['kw-50']}", False), ("?text=供应商甲", True), ("?text=乙", False),
        ("?expires_until=2040-01-02", True), ("?expires_until=2039-01-01", False),
        ("?imported_from=2039-01-01", False), ("?imported_until=2039-01-01", True),
    ]  # fmt: skip
    for query, seen in tries:
        assert ("codes.txt" in client.get("/console/codes/batches/" + query).content.decode()) is seen, query
    for query, seen in [("", True), ("?tab=soon", False), ("?tab=empty", False), (f"?sku={sku}", True)]:
        text = client.get("/console/codes/stock/" + query).content.decode()
        assert ("/console/codes/batches/?sku=" + str(sku) in text) is seen, query
