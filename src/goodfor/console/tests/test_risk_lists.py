"""Lists on the desk: one in, some out by two, files with real dirt, files that leave, and what nobody may see."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from goodfor.console.risk_list_files import text_of
from goodfor.console.tests.conftest import Shop
from goodfor.console.tests.helpers import inside, proved, sql, state_of_all
from goodfor.console.tests.risk_rule_things import Pair, pair
from goodfor.console.tests.risk_things import PHONE, act_of, judged
from goodfor.identity.types import Role
from goodfor.kernel.clock import utc_now
from goodfor.risk import pipeline, rule_queries
from goodfor.risk.errors import InvalidEntry
from goodfor.risk.keys import hash_of, keys_of
from goodfor.risk.operations.list_entry import make_list
from goodfor.risk.types import KeyKind

pytestmark = pytest.mark.django_db(transaction=True)
ADD = "/console/risk/lists/add"
IMPORT = "/console/risk/lists/import"


@pytest.fixture(autouse=True)
def never_sampled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "SAMPLED", 0)


@pytest.fixture
def two(shop: Shop) -> Pair:
    return pair(shop)


def words_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def add(client: Client, **more: str) -> Any:
    sent = {"list": "block:", "kind": "phone", "value": "13800138000", "reason": "刷单", **more}
    return client.post(ADD, sent)


def entries(kind: str = "block", name: str = "") -> list[tuple[Any, ...]]:
    return sql("SELECT type, label, state FROM risk_list_entry WHERE kind = %s AND name = %s ORDER BY id", [kind, name])


# -- one by one -------------------------------------------------------------------------------------


def test_one_is_added_and_masked(shop: Shop, two: Pair) -> None:
    assert add(two.first).status_code == 302
    assert entries() == [("phone", "+86138****8000", "active")]
    told = words_of(two.first.get("/console/risk/lists/?kind=block"))
    assert "+86138****8000" in told
    assert "13800138000" not in told
    # Found by what somebody types, in any list and spelling.
    found = words_of(two.first.get("/console/risk/lists/?kind=watch&type=phone&q=138-0013 8000"))
    assert "+86138****8000" in found
    # Whatever it may be, too.
    assert "+86138****8000" in words_of(two.first.get("/console/risk/lists/?kind=watch&q=13800138000"))
    assert "不在任何名单上" in words_of(two.first.get("/console/risk/lists/?type=phone&q=13900139000"))
    assert add(two.first).status_code == 409


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"value": "abc"}, "看不懂这个值"), ({"kind": "shoe"}, "请选择对象的类型"), ({"reason": " "}, "请填写原因"),
        ({"list": "grey:"}, "请选择名单"), ({"list": "allow:"}, "白名单要写负责人"),
        ({"list": "allow:", "owner": "anna"}, "到期时间"), ({"expires_at": "x"}, "到期时间"),
        ({"expires_at": "2020-01-01"}, "到期时间"), ({"key": "x"}, "看不懂这个值"),
        ({"value": "1" * 300}, "看不懂这个值"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_and_nothing_kept(shop: Shop, change: dict[str, str], said: str) -> None:
    client = proved(shop.id, Role.OPERATOR)
    before = state_of_all()
    answer = add(client, **change)
    assert answer.status_code == 422, change
    assert said in words_of(answer)
    assert state_of_all() == before


def test_from_the_page_of_a_thing_it_is_listed_by_its_key(shop: Shop, two: Pair) -> None:
    judged(shop)
    key = keys_of(act_of(shop))[KeyKind.PHONE]
    form = two.first.get(f"{ADD}?kind=phone&key={key}&list=watch")
    html = form.content.decode()
    assert "****5678" in html
    assert PHONE not in html
    assert re.search(r'<option value="watch:" selected', html)
    sent = {"list": "watch:", "kind": "phone", "key": str(key), "reason": "看看"}
    assert two.first.post(ADD, sent).status_code == 302
    assert [(one.kind, one.label) for one in rule_queries.entries_of_keys(shop.id, [key], utc_now())] == [
        ("watch", "+86139****5678")
    ]
    before = state_of_all()
    assert two.first.post(ADD, {**sent, "key": "12345"}).status_code == 422
    assert two.first.post(ADD, {**sent, "kind": "mail"}).status_code == 422
    assert state_of_all() == before


def test_for_good_it_takes_two_and_stays(shop: Shop, two: Pair) -> None:
    answer = add(two.first, list="block_hard:")
    [change] = rule_queries.proposals(shop.id)
    assert answer["Location"] == reverse("desk:risk-change", args=[change.id])
    assert entries("block_hard") == [("phone", "+86138****8000", "pending")]
    where = reverse("desk:risk-change-decide", args=[change.id])
    before = state_of_all()
    assert two.first.post(where, {"do": "approve"}).status_code == 403
    assert state_of_all() == before
    assert "+86138****8000" in words_of(two.second.get(reverse("desk:risk-change", args=[change.id])))
    assert two.second.post(where, {"do": "approve"}).status_code == 302
    [(one,)] = sql("SELECT id FROM risk_list_entry WHERE kind = 'block_hard'")
    before = state_of_all()
    refused = two.first.post("/console/risk/lists/remove", {"pick": str(one), "reason": "求情"})
    assert refused.status_code == 409
    assert "永久封禁不能移除" in words_of(refused)
    assert state_of_all() == before


def test_out_of_the_black_list_it_takes_two(shop: Shop, two: Pair) -> None:
    add(two.first)
    add(two.first, list="watch:")
    [(black,)] = sql("SELECT id FROM risk_list_entry WHERE kind = 'block'")
    [(watched,)] = sql("SELECT id FROM risk_list_entry WHERE kind = 'watch'")
    remove = "/console/risk/lists/remove"
    before = state_of_all()
    for odd in ({"pick": ["x"]}, {"pick": [str(black), str(watched)]}, {"pick": [str(black)], "reason": ""}):
        assert two.first.post(remove, {"reason": "核实过", **odd}).status_code == 422
    assert state_of_all() == before
    assert two.first.post(remove, {"pick": str(watched), "reason": "核实过"}).status_code == 302
    assert entries("watch")[0][2] == "removed"
    two.first.post(remove, {"pick": str(black), "reason": "核实过"})
    assert entries()[0][2] == "active"
    [change] = rule_queries.proposals(shop.id)
    assert two.second.post(reverse("desk:risk-change-decide", args=[change.id]), {"do": "approve"}).status_code == 302
    assert entries()[0][2] == "removed"


def test_a_value_is_seen_by_whoever_proves_it_and_written_down(shop: Shop, two: Pair) -> None:
    add(two.first, keep="1")
    [(one,)] = sql("SELECT id FROM risk_list_entry")
    where = reverse("desk:risk-list-value", args=[one])
    stranger = inside(shop.id, Role.OPERATOR)
    assert stranger.post(where)["Location"].startswith("/console/prove")
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'risk_list_value_seen'") == [(0,)]
    assert "+8613800138000" in two.first.post(where).content.decode()
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'risk_list_value_seen'") == [(1,)]
    assert two.first.get(where).status_code == 405


def test_own_lists_have_one_kind(shop: Shop, two: Pair) -> None:
    make = "/console/risk/lists/make"
    before = state_of_all()
    for odd in ({"name": "Vip"}, {"name": ""}, {"type": "shoe"}):
        assert two.first.post(make, {"name": "vip", "type": "buyer", **odd}).status_code == 422
    assert state_of_all() == before
    assert two.first.post(make, {"name": "vip", "type": "sku", "words": "热卖"}).status_code == 302
    assert add(two.first, list="custom:vip", kind="phone").status_code == 422
    assert add(two.first, list="custom:vip", kind="sku", value="A-1").status_code == 302
    told = words_of(two.first.get("/console/risk/lists/?kind=custom&name=vip"))
    assert "A-1" in told
    assert "热卖" in told


# -- files in ---------------------------------------------------------------------------------------

DIRTY = [
    ["类型", "值", "原因", "到期"],
    ["手机号", "\u3000１３８ ００１３ ８０００ ", "刷单", ""],
    ["phone", "+86 138-0013-8000", "同一个号码", ""],
    ["邮箱", "Bad@Example.com\u00a0", "刷单", "2036/3/1"],
    ["邮箱", "没有邮箱", "刷单", ""],
    ["鞋子", "42", "刷单", ""],
    [],
    ["SKU 编号", "A-1", "", ""],
    ["sku", "A-2", "刷单", "昨天"],
    ["IP 地址", "２０３.0.113.9", "刷单", "２０３６年３月１日"],
]


def as_csv(rows: list[list[str]], encoding: str, separator: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def as_sheet(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell)
    return out.getvalue()


FILES = {
    "utf8.csv": as_csv(DIRTY, "utf-8"),
    "bom.csv": as_csv(DIRTY, "utf-8-sig"),
    "gbk.csv": as_csv([[cell.replace("\u00a0", " ") for cell in row] for row in DIRTY], "gb18030"),
    "utf16.csv": as_csv(DIRTY, "utf-16"),
    "tabs.txt": as_csv(DIRTY, "utf-8", "\t"),
    "semicolons.csv": as_csv(DIRTY, "utf-8-sig", ";"),
    "book.xlsx": as_sheet(DIRTY),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_with_real_dirt_is_looked_at_first(shop: Shop, two: Pair, name: str) -> None:
    # The key of hashes is made with the first one.
    hash_of(shop.id, "phone", "+8613800138000")
    before = state_of_all()
    sent = {"list": "block:", "file": SimpleUploadedFile(name, FILES[name])}
    answer = two.first.post(IMPORT, sent)
    assert answer.status_code == 200, words_of(answer)[:600]
    told = words_of(answer)
    # Eight lines with something on them: three new, one twice, four wrong, each named by its own line.
    assert "看过的行 8" in told
    assert "会加入 3" in told
    assert "重复或已在名单中 1" in told
    assert "有问题的行 4" in told
    html = answer.content.decode()
    lines = [int(n) for n in re.findall(r'<td class="num keep-first">(\d+)</td>', html)]
    assert lines == [5, 6, 8, 9]
    assert state_of_all() == before
    token = re.search(r'name="token" value="([^"]+)"', html)
    assert token is not None
    assert two.first.post(IMPORT, {"list": "block:", "token": token[1]}).status_code == 302
    assert [row[:2] for row in entries()] == [
        ("phone", "+86138****8000"), ("mail", "b***@example.com"), ("address", "203.0.113.*"),
    ]  # fmt: skip
    # The same file again, and the same token again: nothing more.
    again = two.first.post(IMPORT, {"list": "block:", "file": SimpleUploadedFile(name, FILES[name])})
    assert "会加入 0" in words_of(again)
    assert two.first.post(IMPORT, {"list": "block:", "token": token[1]}).status_code in (404, 409, 410, 422)
    assert len(entries()) == 3


def test_bare_values_take_the_rest_from_the_form(shop: Shop, two: Pair) -> None:
    data = "\ufeff13800138000\r\n\r\nabc\r\n１３９００１３９０００\r\n".encode()
    sent = {"list": "watch:", "type": "phone", "reason": "群里看到", "file": SimpleUploadedFile("a.txt", data)}
    answer = two.first.post(IMPORT, sent)
    told, html = words_of(answer), answer.content.decode()
    assert "会加入 2" in told
    assert re.findall(r'<td class="num keep-first">(\d+)</td>', html) == ["3"]
    token = re.search(r'name="token" value="([^"]+)"', html)
    assert token is not None
    rest = {"list": "watch:", "type": "phone", "reason": "群里看到", "token": token[1]}
    # Somebody else's token is nobody's.
    before = state_of_all()
    assert two.second.post(IMPORT, rest).status_code >= 400
    assert state_of_all() == before
    assert two.first.post(IMPORT, rest).status_code == 302
    assert len(entries("watch")) == 2


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.csv", b""), ("a.exe", b"x"), ("a.csv", b"\x00\x01\x02" * 50), ("a.xlsx", b"no sheet"),
     ("a.csv", "值,值\n1,2\n".encode()), ("a.csv", "姓名,年龄\n1,2\n".encode()), ("a.csv", b"x" * 1_100_000)],
)  # fmt: skip
def test_what_is_no_such_file_is_refused(shop: Shop, name: str, data: bytes) -> None:
    client = inside(shop.id, Role.OPERATOR)
    before = state_of_all()
    answer = client.post(IMPORT, {"list": "block:", "file": SimpleUploadedFile(name, data)})
    assert 400 <= answer.status_code < 500
    assert client.post(IMPORT, {"list": "block:"}).status_code == 422
    assert state_of_all() == before


def test_lines_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("值,备注\nA-1,x\n\n\nA-2,\n", encoding="utf-8")
    text, shift = text_of(path, "a.csv", {"type": "SKU 编号", "reason": "y"})
    assert shift == 0
    assert text.split("\n")[1:] == ["sku,A-1,,,x,,", "", "", "sku,A-2,,,y,,", ""]
    path.write_text("a,b\nc,d\n", encoding="utf-8")
    with pytest.raises(InvalidEntry):
        text_of(path, "a.csv", {})


# -- files out --------------------------------------------------------------------------------------


def test_a_list_leaves_without_people_and_with_them_by_two(shop: Shop, two: Pair) -> None:
    add(two.first, keep="1")
    export = "/console/risk/lists/export"
    sent = {"list_kind": "block", "list_name": ""}
    stranger = inside(shop.id, Role.OPERATOR)
    assert stranger.post(export, sent)["Location"].startswith("/console/prove")
    assert sql("SELECT count(*) FROM kernel_audit WHERE action = 'risk_list_exported'") == [(0,)]
    plain = two.first.post(export, sent)
    assert plain["Content-Type"].startswith("text/csv")
    assert "13800138000" not in plain.content.decode()
    assert two.first.post(export, {**sent, "ask": "1", "reason": " "}).status_code == 422
    asked = two.first.post(export, {**sent, "ask": "1", "reason": "警方要求"})
    [change] = rule_queries.proposals(shop.id)
    assert asked["Location"] == reverse("desk:risk-change", args=[change.id])
    assert two.first.post(export, {"approved": str(change.id)}).status_code == 403
    decide = reverse("desk:risk-change-decide", args=[change.id])
    assert two.first.post(decide, {"do": "approve"}).status_code == 403
    assert two.second.post(decide, {"do": "approve"}).status_code == 302
    # Who approved is not who asked.
    assert two.second.post(export, {"approved": str(change.id)}).status_code == 403
    whole = two.first.post(export, {"approved": str(change.id)})
    assert "'+8613800138000" in whole.content.decode()
    lines = sql("SELECT data->>'with_values' FROM kernel_audit WHERE action = 'risk_list_exported' ORDER BY id")
    assert lines == [("false",), ("true",)]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.SUPPORT, Role.FINANCE])
def test_who_may_not_set_changes_nothing(shop: Shop, two: Pair, role: str) -> None:
    add(two.first, keep="1")
    [(one,)] = sql("SELECT id FROM risk_list_entry")
    client = proved(shop.id, role)
    before = state_of_all()
    for where, sent in (
        (ADD, {"list": "block:", "kind": "sku", "value": "A", "reason": "x"}), (IMPORT, {"list": "block:"}),
        ("/console/risk/lists/remove", {"pick": str(one), "reason": "x"}),
        ("/console/risk/lists/export", {"list_kind": "block"}), ("/console/risk/lists/make", {"name": "a"}),
    ):  # fmt: skip
        assert client.post(where, sent).status_code == 403, where
    assert state_of_all() == before


def test_what_another_shop_has_is_not_there(shop: Shop, other: Shop, two: Pair) -> None:
    theirs = pair(other)
    add(theirs.first, value="13900139000", keep="1")
    make_list(shop_id=other.id, name="theirs", type="sku", words="", actor="test", now=utc_now())
    [(one,)] = sql("SELECT id FROM risk_list_entry")
    before = state_of_all()
    for query in ("", "?type=phone&q=13900139000", "?kind=custom&name=theirs", f"?before={one}", "?before=x&state=y"):
        told = two.first.get("/console/risk/lists/" + query)
        assert told.status_code == 200
        assert "139****9000" not in told.content.decode()
    assert two.first.post("/console/risk/lists/remove", {"pick": str(one), "reason": "x"}).status_code == 404
    assert two.first.post(reverse("desk:risk-list-value", args=[one])).status_code == 404
    assert add(two.first, list="custom:theirs", kind="sku", value="A").status_code == 404
    assert state_of_all() == before


def test_entries_end_and_say_so(shop: Shop, two: Pair) -> None:
    tomorrow = f"{utc_now() + timedelta(days=1):%Y-%m-%d}"
    assert add(two.first, list="allow:", owner="anna", expires_at=tomorrow).status_code == 302
    [(expires,)] = sql("SELECT expires_at FROM risk_list_entry")
    # The last day is good as a whole, by the shop's own clock.
    assert timedelta(hours=15) < expires - utc_now() < timedelta(hours=49)


def test_who_lets_somebody_through_proves_who_they_are(shop: Shop) -> None:
    """It ends all rules but the hardest, and takes no second person."""
    client, before = inside(shop.id, Role.OPERATOR), state_of_all()
    tomorrow = f"{utc_now() + timedelta(days=2):%Y-%m-%d}"
    answer = add(client, list="allow:", owner="anna", expires_at=tomorrow)
    assert answer["Location"].startswith("/console/prove")
    assert state_of_all() == before
