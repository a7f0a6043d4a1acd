"""One bad channel, reply or callback keeps nobody else waiting."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from goodfor.kernel.outbound import http
from goodfor.payments import queries
from goodfor.payments.errors import AccountInvalid
from goodfor.payments.models import Inbox
from goodfor.payments.operations.open_account import open_account
from goodfor.payments.operations.poll_due import poll_due
from goodfor.payments.operations.record_callback import record_callback
from goodfor.payments.operations.run_due_refunds import CALLS_AT_ONCE, SILENT_CALLS, run_due_refunds
from goodfor.payments.operations.sweep_inbox import sweep_inbox
from goodfor.payments.providers.epay import adapter, schemas
from goodfor.payments.tests.test_refunds import post as post_refund
from goodfor.payments.tests.world import World, rows
from goodfor.payments.types import RawRequest

pytestmark = pytest.mark.django_db(transaction=True)


def test_zero_time_of_a_gateway_is_no_time() -> None:
    assert schemas.beijing_time("0001-01-01 00:00:00") is None
    assert schemas.beijing_time("9999-12-31 23:59:59") is not None


def test_reply_that_crashes_the_adapter_stops_no_other_payment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    account = world.epay("v1")
    bad, good = world.begin(account), world.begin(account)

    def reply(_settings: Any, number: str, _now: Any) -> dict[str, str]:
        if number == bad.payment.number:
            raise RecursionError
        return {"code": "1", "status": "1", "trade_no": "T1", "out_trade_no": number, "money": "9.90", "endtime": ""}

    monkeypatch.setattr(adapter, "_order", reply)
    assert poll_due(now=world.now + timedelta(seconds=6)) == 2
    assert rows("SELECT our_ref FROM payments_fact") == [(good.payment.number,)]
    (told,) = queries.facts_of(world.shop, good.payment.id)
    assert world.apply(told.fact).outcome == "confirmed"
    # Its lease runs on; then it is asked again.
    assert rows("SELECT next_poll_at IS NOT NULL FROM payments_payment WHERE id = %s", [bad.payment.id]) == [(True,)]


def test_dead_channel_keeps_no_refund_of_another_waiting(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    dead, alive = world.epay("v2"), world.epay("v2", code="other")
    waiting = [world.refund(world.paid(dead)) for _ in range(40)]
    live = world.refund(world.paid(alive))
    ids = [refund.id for refund in waiting]
    rows("UPDATE payments_refund SET next_try_at = next_try_at - interval '1 second' WHERE id = ANY(%s)", [ids])
    real = http.post_form
    dead_calls: list[str] = []

    def post(url: str, fields: dict[str, str]) -> http.Reply:
        if fields.get("out_refund_no") == live.number:
            return real(url, fields)
        dead_calls.append(url)
        raise http.NoAnswer("timeout")

    monkeypatch.setattr(http, "post_form", post)
    run_due_refunds(now=world.now + timedelta(seconds=1))
    assert rows("SELECT state FROM payments_refund WHERE id = %s", [live.id]) == [("succeeded",)]
    # Those under way when the second went unanswered were not called back.
    assert len(dead_calls) <= SILENT_CALLS + CALLS_AT_ONCE
    post_refund(world, queries.refund(world.shop, live.id))


def test_callback_that_crashes_the_adapter_is_kept_and_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    account = world.epay("v1")

    def parse(*_args: Any) -> Any:
        raise OverflowError

    monkeypatch.setattr(adapter.EpayProvider, "parse_notify", parse)
    raw = RawRequest("GET", "/pay/notify", b"pid=1&x=2", {}, b"")
    receipt = record_callback(shop_id=world.shop, account_id=account.id, raw=raw, now=world.now)
    assert (receipt.verified, receipt.problem, receipt.facts) == (False, "unreadable", ())
    assert [bytes(q) for (q,) in Inbox.objects.values_list("query")] == [b"pid=1&x=2"]


def test_waiting_callbacks_that_are_asked_about_do_not_fill_the_window(world: World) -> None:
    account = world.epay("v1")
    first, second = world.begin(account), world.begin(account)
    rows("UPDATE payments_payment SET next_poll_at = %s + interval '10 minutes'", [world.now])
    for number, begun in enumerate((first, second)):
        rows(
            "INSERT INTO payments_inbox (id, shop_id, account_id, provider, event_key, our_ref, method, path, query,"
            " headers, body, received_at, verified, problem) SELECT gen_random_uuid(), %s, %s, 'epay', %s, %s, 'GET',"
            " '/', '', '{}', '', %s, true, ''",
            [world.shop, account.id, f"k{number}", begun.payment.number, world.now + timedelta(seconds=number)],
        )
    later = world.now + timedelta(seconds=30)
    assert [sweep_inbox(now=later, limit=1), sweep_inbox(now=later, limit=1), sweep_inbox(now=later, limit=1)] == [
        1,
        1,
        0,
    ]
    due = rows("SELECT count(*) FROM payments_payment WHERE next_poll_at = %s", [later])
    assert due == [(2,)]


def test_yuan_only_protocol_takes_no_other_currency(world: World) -> None:
    with pytest.raises(AccountInvalid):
        open_account(
            shop_id=world.shop,
            provider="epay",
            code="usd",
            name="EPay",
            currency="USD",
            config={"gateway": world.gate.url, "pid": "1001", "version": "v1", "mode": "page"},
            secrets={"key": "0123456789"},
            methods=["alipay"],
            now=world.now,
            actor="test",
            enabled=True,
        )
    assert rows("SELECT count(*) FROM payments_account WHERE currency = 'USD'") == [(0,)]


@pytest.fixture
def dripping() -> Iterator[str]:
    """A server that sends one byte of a header every 0.1 s, for 20 s."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def serve() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.recv(65536)
            peer.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            until = time.monotonic() + 20
            try:
                while time.monotonic() < until and not stop.wait(0.1):
                    peer.sendall(b"a")
            except OSError:
                return

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    stop.set()
    thread.join()
    listener.close()


def test_exchange_ends_in_time_however_slowly_the_headers_come(dripping: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TOTAL_SECONDS", 1.0)
    began = time.monotonic()
    with pytest.raises(http.NoAnswer, match="timeout"):
        http.get(dripping, {})
    assert 0.9 < time.monotonic() - began < 3.0
