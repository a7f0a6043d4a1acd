"""The books stay true under concurrency and over restarts, and the file itself refuses false ones."""

import sqlite3
import threading
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import pytest

from goodfor.sandbox.demo import DEMO_MD5_KEY, DEMO_PID
from goodfor.sandbox.server import RunningGateway, running_gateway
from goodfor.sandbox.tests.helpers import NOWHERE, Merchant, call, receiving


def made(shop: Merchant, number: str, notify_url: str = NOWHERE) -> str:
    return str(shop.v1("/mapi.php", shop.order(number, notify_url, clientip="127.0.0.1"))["trade_no"])


def all_at_once(count: int, work: Callable[[int], object]) -> list[object]:
    results: list[object] = [None] * count
    ready = threading.Barrier(count)

    def run(index: int) -> None:
        ready.wait()
        try:
            results[index] = work(index)
        except Exception as failure:
            results[index] = failure

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_fifty_buyers_pay_one_trade_once(gate: RunningGateway, shop: Merchant) -> None:
    with receiving() as receiver:
        trade_no = made(shop, "P1", receiver.url)
        answers = all_at_once(50, lambda _i: call("POST", f"{gate.url}/cashier/{trade_no}/pay", {})[0])
        assert answers == [303] * 50
        assert gate.control.wait_quiet()
    assert len(receiver.seen) == 1
    books = shop.books()
    assert [row["kind"] for row in books["journal"]] == ["payment"]
    assert (books["totals"]["paid_fen"], books["totals"]["balanced"]) == (990, True)


def test_one_number_from_many_threads_is_one_trade(shop: Merchant) -> None:
    assert len(set(all_at_once(30, lambda _i: made(shop, "P1")))) == 1
    assert shop.books()["totals"]["trades"] == 1


def test_many_trades_paid_and_refunded_at_once(gate: RunningGateway, shop: Merchant) -> None:
    def life(index: int) -> object:
        made(shop, f"P{index}", receiver.url)
        gate.control.pay(pid=DEMO_PID, out_trade_no=f"P{index}")
        return shop.v2("refund", out_trade_no=f"P{index}", money="1.00", out_refund_no=f"R{index}")["code"]

    with receiving() as receiver:
        assert all_at_once(30, life) == [0] * 30
        assert gate.control.wait_quiet()
    assert sorted(notify["out_trade_no"] for notify in receiver.seen) == sorted(f"P{index}" for index in range(30))
    totals = shop.books()["totals"]
    assert (totals["paid_fen"], totals["refunded_fen"], totals["net_fen"]) == (29_700, 3_000, 26_700)
    assert totals["balanced"]


def test_one_refund_number_from_many_threads_is_one_refund(gate: RunningGateway, shop: Merchant) -> None:
    gate.control.pay(trade_no=made(shop, "P1"))
    wish = {"out_trade_no": "P1", "money": "5.00", "out_refund_no": "R1"}
    assert len(set(all_at_once(30, lambda _i: shop.v2("refund", **wish)["refund_no"]))) == 1
    totals = shop.books()["totals"]
    assert (totals["refunds"], totals["refunded_fen"], totals["balanced"]) == (1, 500, True)


def test_refunds_race_for_what_is_left(gate: RunningGateway, shop: Merchant) -> None:
    gate.control.pay(trade_no=made(shop, "P1"))
    codes = all_at_once(30, lambda _i: shop.api("refund", "POST", out_trade_no="P1", money="2.00")["code"])
    assert (codes.count(1), codes.count(-1)) == (4, 26)
    totals = shop.books()["totals"]
    assert (totals["refunded_fen"], totals["balanced"]) == (800, True)


def test_a_restart_sends_what_was_not_accepted(tmp_path: Path) -> None:
    down = True
    with receiving(lambda _n: b"fail" if down else b"success") as receiver:
        with running_gateway(tmp_path, retry_seconds=(0.0, 0.3, 0.3)) as first:
            first.control.pay(trade_no=made(Merchant(first), "P1", receiver.url))
            while not receiver.seen:
                threading.Event().wait(0.01)
        heard, down = len(receiver.seen), False
        with running_gateway(tmp_path, retry_seconds=(0.0, 0.3, 0.3)) as second:
            assert second.control.wait_quiet()
            assert len(receiver.seen) == heard + 1
            assert Merchant(second).books()["totals"]["balanced"]


def test_the_file_refuses_false_books(gate: RunningGateway, shop: Merchant, tmp_path: Path) -> None:
    gate.control.pay(trade_no=made(shop, "P1"))
    assert gate.control.wait_quiet()
    file = sqlite3.connect(tmp_path / "books" / "books.sqlite3", isolation_level=None)
    try:
        for statement in (
            "UPDATE journal SET amount_fen = 1",
            "DELETE FROM journal",
            "UPDATE trades SET refunded_fen = 991, state = 'partially_refunded'",
            "UPDATE trades SET state = 'unpaid'",
            "UPDATE trades SET paid_fen = money_fen + 1",
            "UPDATE trades SET paid_fen = -1",
            "UPDATE trades SET money_fen = 'much', paid_fen = 'much'",
            "INSERT INTO journal (kind, pid, trade_no, debit, credit, amount_fen, at_ms)"
            " SELECT kind, pid, trade_no, debit, credit, amount_fen, at_ms FROM journal",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                file.execute(statement)
        assert shop.books()["totals"]["balanced"] is True
        file.execute("UPDATE trades SET refunded_fen = 1, state = 'partially_refunded'")
        assert shop.books()["totals"]["balanced"] is False
    finally:
        file.close()


def test_books_of_an_earlier_version_take_short_payments_too(tmp_path: Path) -> None:
    new, old = "CHECK (paid_fen BETWEEN 0 AND money_fen)", "CHECK (paid_fen IN (0, money_fen))"
    schema = resources.files("goodfor.sandbox").joinpath("schema.sql").read_text("utf-8")
    assert schema.count(new) == 1
    file = sqlite3.connect(tmp_path / "books.sqlite3")
    file.executescript(schema.replace(new, old))
    file.close()
    for number in ("P1", "P2"):
        with running_gateway(tmp_path) as gate:
            shop = Merchant(gate)
            gate.control.fault("short_payment", money="0.01")
            gate.control.pay(trade_no=made(shop, number))
            assert shop.books()["totals"]["balanced"]
    file = sqlite3.connect(tmp_path / "books.sqlite3")
    try:
        assert file.execute("SELECT money_fen, paid_fen FROM trades").fetchall() == [(990, 1), (990, 1)]
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with pytest.raises(sqlite3.IntegrityError):
            file.execute("UPDATE trades SET paid_fen = money_fen + 1")
    finally:
        file.close()


def test_books_need_the_key_and_never_show_it(gate: RunningGateway, shop: Merchant) -> None:
    made(shop, "P1")
    assert shop.json("GET", "/books", {"pid": DEMO_PID, "key": "wrong"})["code"] == -1
    assert set(shop.books(sections="trades")) == {"pid", "currency", "as_of_ms", "as_of", "totals", "trades"}
    assert DEMO_MD5_KEY not in str(shop.books())
    assert gate.token not in repr(gate)
