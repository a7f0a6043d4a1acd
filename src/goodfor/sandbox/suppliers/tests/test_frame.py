"""What all stand-ins share: books, switches, calls back, control, a restart, a process of its own."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from goodfor.sandbox.channels.tests.helpers import receiving, send
from goodfor.sandbox.client import ControlRefused
from goodfor.sandbox.server import NotLoopbackHost
from goodfor.sandbox.suppliers.server import StandIn, SupplierSandbox, serve
from goodfor.sandbox.suppliers.tests.plainly import Plainly
from goodfor.sandbox.types import GatewayError

VENDORS = (
    Plainly(), Plainly("again", "same"), Plainly("renew", "new_after_failure"), Plainly("unsafe", "unsafe"),
    Plainly("slow", inline=False),
)  # fmt: skip


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SupplierSandbox]:
    vendors = {vendor.name: vendor for vendor in VENDORS}
    monkeypatch.setattr("goodfor.sandbox.suppliers.server.all_vendors", lambda: vendors)
    with SupplierSandbox(tmp_path / "books") as running:
        yield running


@pytest.fixture
def site(sandbox: SupplierSandbox) -> StandIn:
    return filled(sandbox)


def filled(sandbox: SupplierSandbox, vendor: str = "plainly", **more: Any) -> StandIn:
    made = sandbox.site(vendor, "a", **{"balance": 1000, **more})
    made.seed(40, cost="10", stock=100)
    return made


def post(site: StandIn, path: str, **body: Any) -> dict[str, Any]:
    parts = urlsplit(site.base_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("POST", f"{parts.path}/{path}", json.dumps(body))
        answer = connection.getresponse()
        text = answer.read()
        return dict(json.loads(text)) if answer.status == 200 and text else {"status": answer.status}
    finally:
        connection.close()


def buy(site: StandIn, number: str, item: str = "1001", **more: Any) -> dict[str, Any]:
    return post(site, "create", number=number, item=item, **more)


def test_the_same_number_by_each_rule(sandbox: SupplierSandbox) -> None:
    for vendor, after_success, after_failure in (
        ("plainly", {"no": "duplicate"}, {"no": "duplicate"}),
        ("again", "old", "old"),
        ("renew", {"no": "duplicate"}, "new"),
        ("unsafe", "new", "new"),
    ):
        site = filled(sandbox, vendor)
        site.fault("fail", number="2")
        first = {number: buy(site, number) for number in ("1", "2")}
        assert sandbox.wait_quiet()
        for number, wanted in (("1", after_success), ("2", after_failure)):
            second = buy(site, number)
            if isinstance(wanted, dict):
                assert second == wanted, vendor
            else:
                assert second["new"] is (wanted == "new"), vendor
                assert (second["ref"] == first[number]["ref"]) is (wanted == "old"), vendor
        assert site.totals()["balanced"]


def test_guards_and_what_there_is_not_cost_nothing(site: StandIn) -> None:
    site.change("1002", state="banned")
    site.change("1003", stock=1)
    for number, (more, why) in enumerate((
        ({"max_unit": "9.99"}, "price"), ({"quantity": 3, "max_total": "29.99"}, "price"), ({"exact": "11"}, "price"),
        ({"item": "1002"}, "off_sale"), ({"item": "none"}, "off_sale"), ({"item": "1003", "quantity": 2}, "stock"),
        ({"quantity": 100, "item": "1004"}, "ok"), ({}, "balance"),
    )):  # fmt: skip
        answer = buy(site, str(number), **more)
        assert answer.get("no", "ok") == why
    assert site.totals()["balance"] == "0.0000"
    site.topup("-5")
    assert site.totals()["balance"] == "-5.0000"


def test_credit_lets_the_balance_fall_below_zero(sandbox: SupplierSandbox) -> None:
    site = filled(sandbox, balance=5, credit=10)
    assert "ref" in buy(site, "1")
    assert buy(site, "2") == {"no": "balance"}
    assert post(site, "balance")["balance"] == "-5.00"


def test_many_at_once_sell_no_more_than_there_is(site: StandIn) -> None:
    site.change("1001", stock=30)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda number: buy(site, str(number % 50)), range(60)))
    sold = [one for one in answers if "ref" in one]
    codes = [code for one in sold for code in one["codes"]]
    totals = site.totals()
    assert len(sold) == len({one["ref"] for one in sold}) == 30 == totals["orders"] == totals["numbers"]
    assert len(set(codes)) == 30 == totals["codes"]
    assert (totals["balance"], totals["balanced"]) == ("700.0000", True)


def test_answers_that_go_wrong(site: StandIn) -> None:
    for kind, settings, work in (
        ("lost_answer", {}, True), ("lost_request", {}, False), ("dead", {}, False),
        ("html", {"work": "before"}, False), ("html", {"work": "after"}, True), ("empty_body", {}, True),
        ("bad_json", {}, True), ("dead", {"how": "503"}, False),
    ):  # fmt: skip
        before = site.totals()["orders"]
        site.fault(kind, **settings)
        try:
            answer = buy(site, f"{kind}{settings}")
        except (http.client.HTTPException, OSError, ValueError):
            answer = {}
        assert "ref" not in answer, kind
        assert site.totals()["orders"] - before == int(work), kind
    site.fault("late_answer", seconds=0.1)
    began = time.monotonic()
    assert "ref" in buy(site, "late")
    assert time.monotonic() - began >= 0.1


def test_switches_are_for_a_site_an_item_a_number_an_endpoint(sandbox: SupplierSandbox, site: StandIn) -> None:
    other = filled(sandbox, "again")
    site.fault("refuse", why="busy", on="create", item="1002", times=None, skip=1)
    assert "ref" in buy(other, "1", "1002")
    assert "ref" in buy(site, "1", "1001")
    assert "balance" in post(site, "balance", item="1002")
    assert "ref" in buy(site, "2", "1002")
    assert buy(site, "3", "1002") == buy(site, "4", "1002") == {"no": "busy"}
    assert sandbox.hits("refuse") == 2
    sandbox.reset_faults()
    assert "ref" in buy(site, "5", "1002")
    with pytest.raises(GatewayError):
        site.fault("refuse", colour="red")
    with pytest.raises(GatewayError):
        site.fault("refuse", share=0)


def test_shares_repeat_by_their_seed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfor.sandbox.suppliers.server.all_vendors", lambda: {"plainly": Plainly()})
    runs = []
    for run, seed in enumerate((7, 7, 8)):
        with SupplierSandbox(tmp_path / str(run), seed=seed) as sandbox:
            site = filled(sandbox)
            site.fault("refuse", why="busy", times=None, share=0.3)
            runs.append(["no" in post(site, "balance") for _ in range(60)])
    assert runs[0] == runs[1] != runs[2]
    assert 6 < sum(runs[0]) < 32


def test_throttling_and_a_wrong_clock(site: StandIn) -> None:
    site.fault("throttle", calls=3, seconds=30, on="balance", times=None)
    assert ["no" in post(site, "balance") for _ in range(5)] == [False, False, False, True, True]
    assert "ref" in buy(site, "1")
    site.fault("clock", seconds=-7200, times=None)
    assert post(site, "other")["now"] / 1000 == pytest.approx(time.time() - 7200, abs=5)


def test_orders_that_take_their_time(sandbox: SupplierSandbox) -> None:
    site = filled(sandbox, "slow", delay=0.05)
    assert buy(site, "1")["state"] == "accepted"
    assert sandbox.wait_quiet()
    assert post(site, "query", number="1")["state"] == "success"
    site.fault("not_found", seconds=0.08)
    buy(site, "2")
    assert post(site, "query", number="2") == {"no": "not_found"}
    time.sleep(0.09)
    assert post(site, "query", number="2")["state"] == "success"
    site.fault("never")
    buy(site, "3")
    site.act("3", "state", word="processing", tell=False)
    assert sandbox.wait_quiet()
    assert post(site, "query", number="3")["state"] == "processing"
    site.act("3", "partial", count=1)
    site.act("3", "fail")
    assert post(site, "query", number="3")["state"] == "success"


def test_a_part_is_delivered_and_the_rest_paid_back(sandbox: SupplierSandbox, site: StandIn) -> None:
    site.fault("partial", count=2)
    made = buy(site, "1", quantity=5)
    assert (made["state"], len(made["codes"]), made["charged"], made["refunded"]) == ("partial", 2, "50.00", "30.00")
    site.fault("refund_after", part=1, seconds=0.02)
    buy(site, "2", quantity=2)
    assert sandbox.wait_quiet()
    assert post(site, "query", number="2")["refunded"] == "20.00"
    assert site.totals()["balance"] == "980.0000"
    with pytest.raises(Exception, match="request"):
        site.act("2", "refund", amount="0.01")


def test_calls_back_are_repeated_until_they_are_heard(sandbox: SupplierSandbox, site: StandIn) -> None:
    with receiving(answer=b"ok") as shop:
        shop.fails = 1
        buy(site, "1", url=shop.url)
        assert sandbox.wait_quiet()
        assert len(shop.seen) == 2
        assert site.totals()["pushes"] == {"heard": 1}
        shop.answer = b"not what they wait for"
        buy(site, "2", url=shop.url)
        assert sandbox.wait_quiet()
        assert site.totals()["pushes"] == {"heard": 1, "given_up": 1}
        site.fault("lost_push")
        seen = len(shop.seen)
        buy(site, "3", url=shop.url)
        assert sandbox.wait_quiet()
        assert len(shop.seen) == seen
        site.fault("forged_push", instead=1)
        buy(site, "4", url=shop.url)
        assert sandbox.wait_quiet()
        assert [json.loads(body)["sign"] for _path, _headers, body in shop.seen[seen:]] == ["forged"]
    buy(site, "5", url="http://192.0.2.1/hook")
    assert sandbox.wait_quiet()
    assert site.books()["pushes"][-1]["answer"] == "refused: not a loopback address"


def test_pages_shrink_and_items_go(site: StandIn) -> None:
    first = post(site, "list", page=1)["ids"]
    site.fault("shrinking", times=None)
    assert post(site, "list", page=1)["ids"] == first
    # 1011 moved up to the page that was read already.
    assert post(site, "list", page=2)["ids"][0] == "1012"
    site.change("1001", state="deleted")
    assert post(site, "list", page=1)["ids"][0] == "1002"
    assert buy(site, "1") == {"no": "off_sale"}


def test_control_by_http(sandbox: SupplierSandbox) -> None:
    control = sandbox.control
    for path in ("/_control/status", "/_control/plainly/a/books"):
        assert send("GET", sandbox.url + path)[0] == 401
        assert send("GET", sandbox.url + path, b"", {"Authorization": "Bearer wrong"})[0] == 401
    assert send("GET", sandbox.url + "/plainly/a/x", b"", {"Host": "evil.example"})[0] == 421
    assert send("GET", sandbox.url + "/plainly/nobody/x")[0] == 404
    opened = control.site("plainly", "b", balance="50")
    assert opened["config"] == {"base_url": f"{sandbox.url}/plainly/b"}
    assert control.seed("plainly", "b", 2, cost="7.50") == ["1001", "1002"]
    site = sandbox.site("plainly", "b")
    control.fault("never", site="plainly/b")
    buy(site, "1")
    assert control.hits("never") == 1
    assert control.act_on("plainly", "b", "1", "finish")["state"] == "success"
    assert control.act_on("plainly", "b", "1", "refund", amount="2.50")["refunded"] == "2.5000"
    assert control.change("plainly", "b", "1001", cost="8")["cost"] == "8"
    assert control.topup("plainly", "b", "10")["balance"] == "55.0000"
    books = control.site_books("plainly", "b")
    assert [row["kind"] for row in books["movements"]] == ["topup", "charge", "refund", "topup"]
    assert books["calls"][0]["endpoint"] == "create"
    assert control.totals("plainly", "b")["balanced"]
    assert control.status()["open_pushes"] == 0
    assert control.tick() is False
    for wrong in ({"kind": "nothing"}, {"kind": "never", "times": 0}, {"kind": "never", "on": "nowhere"}):
        with pytest.raises(ControlRefused):
            control.fault(**wrong)  # type: ignore[arg-type]
    for act in (("nobody", "b", "1", "finish"), ("plainly", "b", "9", "finish"), ("plainly", "b", "1", "explode")):
        with pytest.raises(ControlRefused):
            control.act_on(*act)
    with pytest.raises(ControlRefused):
        control.site("plainly", "c", push_url="https://example.com/")


def test_books_outlive_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodfor.sandbox.suppliers.server.all_vendors", lambda: {"plainly": Plainly(inline=False)})
    with SupplierSandbox(tmp_path) as sandbox:
        site = filled(sandbox, delay=0.3)
        buy(site, "1")
        before = site.totals()
    with SupplierSandbox(tmp_path) as sandbox:
        site = sandbox.site("plainly", "a")
        assert site.totals()["charged"] == before["charged"] == "10.0000"
        assert sandbox.wait_quiet()
        assert post(site, "query", number="1")["state"] == "success"


def test_it_listens_here_only() -> None:
    with pytest.raises(NotLoopbackHost):
        serve(0, "unused", host="0.0.0.0")


def test_a_process_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "goodfor.sandbox.suppliers", "--data", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("supplier stand-ins listening on http://127.0.0.1:")
        url, token = line.split()[-1], (tmp_path / "control.token").read_text().strip()
        assert (tmp_path / "control.token").stat().st_mode & 0o077 == 0
        told = send("GET", f"{url}/_control/kasushou/demo/totals", b"", {"Authorization": f"Bearer {token}"})
        assert told[0] == 200
    finally:
        process.terminate()
        assert process.wait(10) == 0
        process.stdout.close()
