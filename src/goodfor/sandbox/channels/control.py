"""/_control: what a test or a demo does to the channels. JSON in and out, behind the control token."""

# ruff: noqa: S608 - conditions are ours, values are bound
import hmac
from dataclasses import asdict, fields
from typing import Any

from goodfor.sandbox.channels import books, consents, faults, made
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.journal import balances
from goodfor.sandbox.channels.rows import BookRefused, Dispute, Payment, Refund, Return, Share, Split
from goodfor.sandbox.loopback import is_loopback_url
from goodfor.sandbox.types import GatewayError
from goodfor.sandbox.web import Request, Response, Router, json_response


def add_routes(router: Router) -> None:
    """All addresses below /_control."""
    router.add("GET", "/_control/status", "", status)
    router.add("GET", "/_control/books/{channel}", "", show_books)
    router.add("GET", "/_control/faults", "", lambda desk, _request: json_response({"faults": desk.faults.listed()}))
    router.add("POST", "/_control/faults", "", add_fault)
    router.add("DELETE", "/_control/faults", "", reset_faults)
    router.add("POST", "/_control/limits", "", set_limits)
    router.add("POST", "/_control/{channel}/{act}", "", act)


def allowed(desk: Desk, request: Request) -> bool:
    """Whether the request carries `Authorization: Bearer <control token>`."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return hmac.compare_digest(given.encode(), desk.config.control_token.encode())


def status(desk: Desk, _request: Request) -> Response:
    """Whether it lives, and how many notifies are still under way."""
    return json_response({"ok": True, "url": desk.url, "open_notifies": desk.open_notices()})


def add_fault(desk: Desk, request: Request) -> Response:
    """Sets one fault: `{"kind", "channel"?, "number"?, "times"?, "skip"?, ...settings}`."""
    wish = request.json()
    if wish.get("channel", "") not in ("", *faults.CHANNELS):
        raise GatewayError(f"channels: {', '.join(faults.CHANNELS)}")
    return json_response(desk.faults.add(faults.as_wish(wish)), 201)


def reset_faults(desk: Desk, _request: Request) -> Response:
    """Removes all faults; answers their last counts."""
    return json_response({"faults": desk.faults.reset()})


def set_limits(desk: Desk, request: Request) -> Response:
    """Changes pauses: names and numbers of `Limits`."""
    known = {field.name for field in fields(desk.limits)}
    for name, value in request.json().items():
        if name not in known or type(value) is not int:
            raise GatewayError(f"limits: integers of {', '.join(sorted(known))}")
        setattr(desk.limits, name, value)
    return json_response(asdict(desk.limits))


def act(desk: Desk, request: Request, channel: str, act: str) -> Response:
    """pay, see, close, dispute, decide, rows, webhook, sign or unsign at one channel."""
    if channel not in desk.channels or act not in _ACTS:
        raise GatewayError("no such channel or act")
    return json_response(_ACTS[act](desk, channel, request.json()))


def _named(desk: Desk, channel: str, wish: dict[str, Any]) -> Payment:
    payment = desk.payment(channel, any=str(wish.get("number") or ""))
    if payment is None:
        raise GatewayError("no such payment")
    return payment


def _pay(desk: Desk, channel: str, wish: dict[str, Any]) -> dict[str, Any]:
    payment = _named(desk, channel, wish)
    paid = desk.pay(payment, closed_too=wish.get("force") is True, tell_first=wish.get("tell_first") is True)
    return {"paid_now": paid, **asdict(_named(desk, channel, wish))}


def _see(desk: Desk, channel: str, wish: dict[str, Any]) -> dict[str, Any]:
    return asdict(desk.see(_named(desk, channel, wish)))


def _close(desk: Desk, channel: str, wish: dict[str, Any]) -> dict[str, Any]:
    return asdict(desk.close(_named(desk, channel, wish)))


def _dispute(desk: Desk, channel: str, wish: dict[str, Any]) -> dict[str, Any]:
    payment = _named(desk, channel, wish)
    amount, days = int(wish.get("amount") or 0), int(wish.get("days") or 9)
    return asdict(desk.dispute(payment, amount=amount, reason=str(wish.get("reason") or "fraudulent"), days=days))


def _decide(desk: Desk, channel: str, wish: dict[str, Any]) -> dict[str, Any]:
    with desk.db.read() as conn:
        dispute = books.find_dispute(conn, channel, str(wish.get("dispute") or ""))
    return asdict(desk.end_dispute(dispute, won=wish.get("won") is True))


def _rows(desk: Desk, channel: str, wish: dict[str, Any]) -> dict[str, Any]:
    return {"made": made.rows(desk, channel, wish)}


def _webhook(desk: Desk, channel: str, wish: dict[str, Any]) -> dict[str, Any]:
    url = str(wish.get("url") or "")
    if url and not is_loopback_url(url):
        raise GatewayError("url: these stand-ins call loopback addresses only")
    desk.webhooks[channel] = url
    return {"url": url}


def _sign(desk: Desk, channel: str, wish: dict[str, Any]) -> dict[str, Any]:
    found = consents.found(desk, channel, number=str(wish.get("number") or ""))
    return asdict(consents.sign(desk, found))


def _unsign(desk: Desk, channel: str, wish: dict[str, Any]) -> dict[str, Any]:
    found = consents.found(desk, channel, number=str(wish.get("number") or ""))
    return asdict(consents.end(desk, found, "buyer"))


_ACTS = {
    "pay": _pay,
    "see": _see,
    "close": _close,
    "dispute": _dispute,
    "decide": _decide,
    "rows": _rows,
    "webhook": _webhook,
    "sign": _sign,
    "unsign": _unsign,
}


def show_books(desk: Desk, request: Request, channel: str) -> Response:
    """Everything of one channel, or of one payment (`?number=`): rows, balances by merchant, notifies sent."""
    if channel not in desk.channels:
        raise BookRefused("not_found")
    desk.settle_due()
    number = request.query.get("number", "")
    with desk.db.read() as conn:
        return json_response(_books(conn, channel, number))


def _books(conn: Any, channel: str, number: str) -> dict[str, Any]:
    where, args = "channel = ?", [channel]
    if number:
        where, args = "channel = ? AND (number = ? OR ref = ? OR alias = ?)", [channel, number, number, number]
    payments = books.select(conn, Payment, "payments", f"{where} ORDER BY seq", *args)
    mine = f"payment IN (SELECT seq FROM payments WHERE {where}) ORDER BY seq"
    splits = books.select(conn, Split, "splits", mine, *args)
    of_split = f"split IN (SELECT seq FROM splits WHERE payment IN (SELECT seq FROM payments WHERE {where}))"
    entries = conn.execute(
        "SELECT e.id, e.kind, e.ref, e.merchant, e.currency, e.payment, e.at_ms, p.account, p.amount FROM entries e"
        f" JOIN postings p ON p.entry = e.id WHERE e.payment IN (SELECT seq FROM payments WHERE {where}) ORDER BY e.id",
        args,
    )
    notifies = conn.execute(
        "SELECT t.*, n.event, n.event_id FROM notifies t JOIN notices n ON n.id = t.notice_id"
        f" WHERE t.trade_no IN (SELECT ref FROM payments WHERE {where}) ORDER BY t.id",
        args,
    )
    return {
        "payments": [asdict(row) for row in payments],
        "refunds": [asdict(row) for row in books.select(conn, Refund, "refunds", mine, *args)],
        "splits": [asdict(row) for row in splits],
        "shares": [asdict(row) for row in books.select(conn, Share, "shares", of_split, *args)],
        "returns": [asdict(row) for row in books.select(conn, Return, "returns", f"{of_split} ORDER BY seq", *args)],
        "transfers": _transfers(conn, channel, number),
        "agreements": consents.all_of(conn, channel, number),
        "disputes": [asdict(row) for row in books.select(conn, Dispute, "disputes", mine, *args)],
        "journal": [dict(row) for row in entries],
        "balances": {name: balances(conn, channel, name) for name in sorted({row.merchant for row in payments})},
        "notifies": [dict(row) for row in notifies],
    }


def _transfers(conn: Any, channel: str, number: str) -> list[dict[str, Any]]:
    rows = conn.execute(
        "SELECT * FROM transfers WHERE channel = ? AND (? = '' OR number = ? OR ref = ?) ORDER BY seq",
        (channel, number, number, number),
    )
    return [dict(row) for row in rows]
