"""The books stay true under concurrency, over restarts and against bad input."""

import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from goodfor.sandbox.db import BooksInUse
from goodfor.sandbox.server import RunningGateway, running_gateway
from goodfor.sandbox.tests.support import KEY, MerchantSide, Shop, http_call


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


def test_fifty_buyers_pay_one_trade_once(gateway: RunningGateway, merchant: MerchantSide, shop: Shop) -> None:
    made = merchant.mapi("P1")
    answers = all_at_once(50, lambda _i: http_call(gateway.url, "POST", f"/cashier/{made['trade_no']}/pay", {}).status)
    assert answers == [303] * 50
    assert gateway.control.wait_quiet()
    assert len(shop.heard) == 1
    books = gateway.control.books("1001", KEY)
    assert [row["kind"] for row in books["journal"]] == ["payment"]
    assert (books["totals"]["paid_fen"], books["totals"]["balanced"]) == (990, True)


def test_one_number_from_many_threads_is_one_trade(gateway: RunningGateway, merchant: MerchantSide) -> None:
    answers = all_at_once(30, lambda _i: merchant.mapi("P1")["trade_no"])
    assert len(set(answers)) == 1
    assert gateway.control.books("1001", KEY)["totals"]["trades"] == 1


def test_many_trades_paid_and_refunded_at_once(gateway: RunningGateway, merchant: MerchantSide, shop: Shop) -> None:
    def life(index: int) -> object:
        number = f"P{index}"
        merchant.create(number)
        gateway.control.pay(pid="1001", out_trade_no=number)
        return merchant.call_v2("pay/refund", out_trade_no=number, money="1.00", out_refund_no=f"R{index}")["code"]

    assert all_at_once(30, life) == [0] * 30
    assert gateway.control.wait_quiet()
    totals = gateway.control.books("1001", KEY)["totals"]
    assert (totals["paid_fen"], totals["refunded_fen"], totals["net_fen"]) == (29_700, 3_000, 26_700)
    assert totals["balanced"]
    assert len(shop.heard) == 30


def test_refund_once_per_number_from_many_threads(gateway: RunningGateway, merchant: MerchantSide) -> None:
    merchant.create("P1")
    gateway.control.pay(pid="1001", out_trade_no="P1")
    wish = {"out_trade_no": "P1", "money": "5.00", "out_refund_no": "R1"}
    answers = all_at_once(30, lambda _i: merchant.call_v2("pay/refund", **wish)["refund_no"])
    assert len(set(answers)) == 1
    totals = gateway.control.books("1001", KEY)["totals"]
    assert (totals["refunds"], totals["refunded_fen"], totals["balanced"]) == (1, 500, True)


def test_refunds_race_for_the_rest(gateway: RunningGateway, merchant: MerchantSide) -> None:
    merchant.create("P1")
    gateway.control.pay(pid="1001", out_trade_no="P1")
    answers = all_at_once(30, lambda _i: merchant.refund_v1("P1", "2.00")["code"])
    assert sorted(str(answer) for answer in answers) == ["-1"] * 26 + ["1"] * 4
    totals = gateway.control.books("1001", KEY)["totals"]
    assert (totals["refunded_fen"], totals["balanced"]) == (800, True)


def test_retries_until_success_then_never_again(gateway: RunningGateway, merchant: MerchantSide, shop: Shop) -> None:
    answers = iter([(500, "success"), (200, "fail"), (200, " success\n")])
    shop.answer = lambda _params: next(answers)
    merchant.mapi("P1")
    gateway.control.pay(pid="1001", out_trade_no="P1")
    assert gateway.control.wait_quiet()
    sent = gateway.control.trade(pid="1001", out_trade_no="P1")["notifies"]
    assert [(row["attempt"], row["status"], row["accepted"]) for row in sent] == [(1, 500, 0), (2, 200, 0), (3, 200, 1)]


def test_gives_up_after_the_last_retry(gateway: RunningGateway, merchant: MerchantSide, shop: Shop) -> None:
    shop.answer = lambda _params: (200, "fail")
    merchant.mapi("P1")
    gateway.control.pay(pid="1001", out_trade_no="P1")
    assert gateway.control.wait_quiet()
    assert len(shop.heard) == 4


def test_redirects_of_a_receiver_are_not_followed(gateway: RunningGateway, merchant: MerchantSide, shop: Shop) -> None:
    shop.answer = lambda _params: (302, "")
    merchant.mapi("P1")
    gateway.control.pay(pid="1001", out_trade_no="P1")
    assert gateway.control.wait_quiet()
    assert {row["status"] for row in gateway.control.trade(pid="1001", out_trade_no="P1")["notifies"]} == {302}


def test_a_restart_keeps_books_and_unsent_notifies(tmp_path: Path, shop: Shop) -> None:
    shop.answer = lambda _params: (500, "down")
    with running_gateway(tmp_path, retry_seconds=(0, 0.3, 0.3, 0.3, 0.3, 0.3)) as first:
        MerchantSide(first.url, shop.url).mapi("P1")
        first.control.pay(pid="1001", out_trade_no="P1")
        shop.wait_for(1)
    heard = len(shop.heard)
    shop.answer = lambda _params: (200, "success")
    with running_gateway(tmp_path, retry_seconds=(0, 0.3, 0.3, 0.3, 0.3, 0.3)) as second:
        assert second.control.wait_quiet()
        assert len(shop.heard) == heard + 1
        totals = second.control.books("1001", KEY)["totals"]
        assert (totals["paid_fen"], totals["balanced"]) == (990, True)


def test_one_directory_has_one_gateway(gateway: RunningGateway, tmp_path: Path) -> None:
    with pytest.raises(BooksInUse), running_gateway(tmp_path):
        pass
    assert gateway.control.status()["ok"]


def test_the_file_itself_refuses_false_books(gateway: RunningGateway, merchant: MerchantSide, tmp_path: Path) -> None:
    made = merchant.mapi("P1")
    gateway.control.pay(trade_no=made["trade_no"])
    file = sqlite3.connect(tmp_path / "books.sqlite3", isolation_level=None)
    try:
        for statement in (
            "UPDATE journal SET amount_fen = 1",
            "DELETE FROM journal",
            "UPDATE trades SET refunded_fen = 991, state = 'partially_refunded'",
            "UPDATE trades SET state = 'unpaid'",
            "UPDATE trades SET money_fen = 'much'",
            "INSERT INTO journal (kind, pid, trade_no, debit, credit, amount_fen, at_ms)"
            " SELECT kind, pid, trade_no, debit, credit, amount_fen, at_ms FROM journal",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                file.execute(statement)
        file.execute("UPDATE trades SET paid_fen = money_fen, money_fen = money_fen + 0")
        assert gateway.control.books("1001", KEY)["totals"]["balanced"]
        file.execute("UPDATE trades SET refunded_fen = 1, state = 'partially_refunded'")
        assert not gateway.control.books("1001", KEY)["totals"]["balanced"]
    finally:
        file.close()


def test_books_need_the_key_and_give_what_was_asked(gateway: RunningGateway, merchant: MerchantSide) -> None:
    merchant.mapi("P1")
    assert http_call(gateway.url, "GET", "/books?pid=1001&key=wrong").json()["code"] == -1
    short = gateway.control.books("1001", KEY, sections="trades")
    assert set(short) == {"pid", "currency", "as_of_ms", "as_of", "totals", "trades"}
    assert KEY not in str(gateway.control.books("1001", KEY))
