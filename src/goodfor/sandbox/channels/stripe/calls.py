"""Stripe's calls: checkout sessions, payment intents, refunds, disputes, balance transactions."""

import json
import re
from typing import Any

from goodfor.sandbox.channels import books, consents, demo
from goodfor.sandbox.channels.desk import Desk
from goodfor.sandbox.channels.journal import balances, moves
from goodfor.sandbox.channels.rows import BookRefused, Dispute, Payment, Refund, Refused, Wanted
from goodfor.sandbox.channels.stripe import objects, setups
from goodfor.sandbox.web import Handler, Request, Response, json_response

_KINDS = {"pay": "charge", "refund": "refund", "dispute": "adjustment", "dispute_end": "adjustment"}


def _whole(form: Any, name: str, *, least: int = 1) -> int:
    value = str(form.get(name, ""))
    if not re.fullmatch("[0-9]{1,10}", value, re.ASCII) or int(value) < least:
        raise Refused("parameter_invalid_integer", f"Invalid integer: {name}")
    return int(value)


def _currency(value: str) -> str:
    if not re.fullmatch("[a-zA-Z]{3}", value, re.ASCII):
        raise Refused("parameter_missing", "Missing or invalid: currency")
    return value.upper()


def _group(form: Any, name: str) -> dict[str, str]:
    found = re.compile(re.escape(name) + r"\[([^\]]+)\]")
    return {match[1]: value for key, value in form.items() if (match := found.fullmatch(key))}


def _open(desk: Desk, prefix: str, kind: str, amount: int, currency: str, **more: Any) -> Payment:
    ref = desk.token(f"{prefix}_", 24)
    wanted = Wanted("stripe", demo.STRIPE_ACCOUNT, ref, ref, kind, amount, currency, **more)
    return desk.open_payment(wanted)


def create_session(desk: Desk, request: Request) -> Response:
    """mode=payment; the sum is that of the items' price_data."""
    form = request.form
    if form.get("mode") == "setup" and form.get("success_url"):
        return setups.create(desk, request, _group(form, "metadata"))
    if form.get("mode") != "payment" or not form.get("success_url"):
        raise Refused("parameter_missing", "mode=payment and success_url are required")
    total, currencies, index, names = 0, set(), 0, []
    while f"line_items[{index}][quantity]" in form:
        at = f"line_items[{index}]"
        quantity = _whole(form, f"{at}[quantity]")
        total += _whole(form, f"{at}[price_data][unit_amount]") * quantity
        currencies.add(_currency(form.get(f"{at}[price_data][currency]", "")))
        names.append(form.get(f"{at}[price_data][product_data][name]", ""))
        index += 1
    if len(currencies) != 1:
        raise Refused("parameter_missing", "line_items of one currency are required")
    expires = _whole(form, "expires_at") * 1000 if "expires_at" in form else None
    now_ms = desk.now_ms()
    if expires is not None and not now_ms + 1_790_000 <= expires <= now_ms + 86_410_000:
        raise Refused("parameter_invalid", "expires_at: from 30 minutes to 24 hours from now")
    metadata = _group(form, "metadata") or _group(form, "payment_intent_data[metadata]")
    payment = _open(
        desk, "cs", "SESSION", total, currencies.pop(), subject=", ".join(names) or "items",
        alias=form.get("client_reference_id", ""), return_url=form["success_url"], expires_ms=expires,
        detail={"metadata": metadata},
    )  # fmt: skip
    return json_response(objects.session(desk, _named(desk, payment.ref)))


def _named(desk: Desk, name: str) -> Payment:
    """The payment behind a session, an intent or a charge. Raises BookRefused."""
    # A session says in its id that no real money moves.
    prefix, _, token = name.replace("cs_test_", "cs_", 1).partition("_")
    if prefix not in ("cs", "pi", "ch"):
        raise BookRefused("not_found")
    found = desk.payment("stripe", ref=f"cs_{token}") or desk.payment("stripe", ref=f"pi_{token}")
    if found is None or (prefix == "cs" and found.kind != "SESSION"):
        raise BookRefused("not_found")
    if prefix == "ch" and found.state != "paid":
        raise BookRefused("not_found")
    return found


def show_session(desk: Desk, _request: Request, name: str) -> Response:
    """One session."""
    if (agreement := setups.find_session(desk, name)) is not None:
        return json_response(setups.session(desk, agreement))
    payment = _named(desk, name)
    return json_response(objects.session(desk, payment))


def expire_session(desk: Desk, _request: Request, name: str) -> Response:
    """Closes an open session."""
    if (agreement := setups.find_session(desk, name)) is not None:
        if agreement.state != "waiting":
            raise Refused("resource_not_open", "Only open sessions can be expired")
        return json_response(setups.session(desk, consents.expire(desk, agreement)))
    payment = _named(desk, name)
    if payment.state != "open":
        raise Refused("resource_not_open", "Only open sessions can be expired")
    return json_response(objects.session(desk, desk.close(payment)))


def create_intent(desk: Desk, request: Request) -> Response:
    """amount and currency; with `confirm` and a kept card it is paid at once."""
    form = request.form
    if form.get("confirm", "").lower() == "true":
        ref = desk.token("pi_", 24)
        wanted = Wanted(
            "stripe", demo.STRIPE_ACCOUNT, ref, ref, "OFF_SESSION", _whole(form, "amount"),
            _currency(form.get("currency", "")), form.get("description", "payment"),
            alias=_group(form, "metadata").get("number", ""),
            detail={"metadata": _group(form, "metadata"), "open_state": "processing"},
        )  # fmt: skip
        return setups.charge(desk, request, wanted)
    payment = _open(
        desk, "pi", "INTENT", _whole(form, "amount"), _currency(form.get("currency", "")),
        subject=form.get("description", "payment"), alias=_group(form, "metadata").get("number", ""),
        return_url=form.get("return_url", ""), detail={"metadata": _group(form, "metadata")},
    )  # fmt: skip
    return json_response(objects.intent(_named(desk, payment.ref)))


def list_intents(desk: Desk, request: Request) -> Response:
    """Those of a customer."""
    return _page(request, "/v1/payment_intents", setups.intents_of(desk, request.query.get("customer", "")))


def show_intent(desk: Desk, _request: Request, name: str) -> Response:
    """One intent."""
    return json_response(objects.intent(_named(desk, name)))


def cancel_intent(desk: Desk, _request: Request, name: str) -> Response:
    """Only what is not paid; canceling again is an error."""
    payment = _named(desk, name)
    if payment.more.get("declined") and not payment.more.get("canceled"):
        return json_response(objects.intent(desk.see(payment, canceled=True)))
    if payment.state != "open":
        raise Refused("payment_intent_unexpected_state", "This intent cannot be canceled")
    return json_response(objects.intent(desk.close(payment)))


def show_charge(desk: Desk, _request: Request, name: str) -> Response:
    """One charge."""
    return json_response(objects.charge(_named(desk, name)))


def create_refund(desk: Desk, request: Request) -> Response:
    """Of an intent or a charge; all of the rest when no amount is given. Pending until its time has come."""
    form = request.form
    payment = _named(desk, form.get("payment_intent") or form.get("charge") or "")
    amount = _whole(form, "amount") if "amount" in form else payment.amount - payment.refunded
    if amount == 0:
        raise BookRefused("too_much")
    ref = desk.token("re_", 24)
    metadata = json.dumps(_group(form, "metadata"))
    made = desk.refund(
        payment, key=ref, number=metadata, ref=ref, amount=amount, reason=form.get("reason", ""), at_once=True
    )  # fmt: skip
    return json_response(objects.refund(payment, made))


def show_refund(desk: Desk, _request: Request, name: str) -> Response:
    """One refund."""
    desk.settle_due()
    with desk.db.read() as conn:
        found = books.find_refund(conn, "stripe", ref=name)
        if found is None:
            raise BookRefused("not_found")
        return json_response(objects.refund(books.payment_at(conn, found.payment), found))


def list_refunds(desk: Desk, request: Request) -> Response:
    """All, or those of an intent or a charge."""
    of = request.query.get("payment_intent") or request.query.get("charge") or ""
    payment = _named(desk, of) if of else None
    desk.settle_due()
    with desk.db.read() as conn:
        where, args = ("payment = ?", [payment.seq]) if payment else ("channel = ?", ["stripe"])
        found = books.select(conn, Refund, "refunds", f"{where} ORDER BY seq DESC", *args)
        rows = [objects.refund(books.payment_at(conn, row.payment), row) for row in found]
    return _page(request, "/v1/refunds", rows)


def _page(request: Request, url: str, rows: list[dict[str, Any]]) -> Response:
    query = request.query
    limit = _whole(query, "limit") if "limit" in query else 10
    if limit > 100:
        raise Refused("parameter_invalid_integer", "limit: 1 to 100")
    after, before = query.get("starting_after", ""), query.get("ending_before", "")
    return json_response(objects.listed(url, rows, limit=limit, after=after, before=before))


def show_dispute(desk: Desk, _request: Request, name: str) -> Response:
    """One dispute."""
    with desk.db.read() as conn:
        found = books.find_dispute(conn, "stripe", name)
        return json_response(objects.dispute(books.payment_at(conn, found.payment), found))


def list_disputes(desk: Desk, request: Request) -> Response:
    """All, newest first."""
    with desk.db.read() as conn:
        found = books.select(conn, Dispute, "disputes", "channel = 'stripe' ORDER BY seq DESC")
        rows = [objects.dispute(books.payment_at(conn, row.payment), row) for row in found]
    return _page(request, "/v1/disputes", rows)


def update_dispute(desk: Desk, request: Request, name: str) -> Response:
    """Evidence is kept; with `submit` (the default) it goes to the bank, once and in time."""
    with desk.db.read() as conn:
        found = books.find_dispute(conn, "stripe", name)
        payment = books.payment_at(conn, found.payment)
    if found.ended_ms is not None or found.submitted or found.due_ms < desk.now_ms():
        raise Refused("dispute_closed", "This dispute takes no more evidence")
    evidence = json.dumps({**json.loads(found.evidence), **_group(request.form, "evidence")}, ensure_ascii=False)
    submit = request.form.get("submit", "true") == "true"
    state = "under_review" if submit else found.state
    changed = desk.answer_dispute(found, evidence, submitted=submit, state=state)
    return json_response(objects.dispute(payment, changed))


def close_dispute(desk: Desk, _request: Request, name: str) -> Response:
    """The merchant gives in."""
    with desk.db.read() as conn:
        found = books.find_dispute(conn, "stripe", name)
        payment = books.payment_at(conn, found.payment)
    return json_response(objects.dispute(payment, desk.end_dispute(found, won=False)))


def show_balance(desk: Desk, _request: Request) -> Response:
    """What may be paid out, by currency."""
    with desk.db.read() as conn:
        held = balances(conn, "stripe", demo.STRIPE_ACCOUNT)
    available = [
        {"amount": accounts.get("balance", 0), "currency": currency.lower()} for currency, accounts in held.items()
    ]
    return json_response({"object": "balance", "livemode": False, "available": available, "pending": []})


def list_balance(desk: Desk, request: Request) -> Response:
    """Every change of the balance, newest first; `type`, `created[gte]`, `created[lt]`. A charge holds its own fee."""
    query = request.query
    desk.settle_due()
    with desk.db.read() as conn:
        fees = {row["ref"]: -row["amount"] for row in moves(conn, "stripe", demo.STRIPE_ACCOUNT, 1 << 60)
                if row["kind"] == "fee"}  # fmt: skip
        found = [row for row in moves(conn, "stripe", demo.STRIPE_ACCOUNT, 1 << 60) if row["kind"] in _KINDS]
    first, last = int(query.get("created[gte]", 0)), int(query.get("created[lt]", 1 << 50))
    rows = []
    for row in reversed(found):
        kind, token, at = _KINDS[row["kind"]], str(row["ref"]).split("_", 1)[-1], row["at_ms"] // 1000
        if not first <= at < last or query.get("type", kind) != kind:
            continue
        fee = fees.get(row["ref"], 0) if kind == "charge" else 0
        rows.append(
            {
                "id": f"txn_{row['kind']}_{token}", "object": "balance_transaction", "type": kind,
                "amount": row["amount"], "fee": fee, "net": row["amount"] - fee,
                "currency": row["currency"].lower(), "created": at, "available_on": at + 2 * 86_400,
                "source": f"ch_{token}" if kind == "charge" else row["ref"], "status": "available",
            }
        )  # fmt: skip
    return _page(request, "/v1/balance_transactions", rows)


ROUTES: list[tuple[str, str, str, Handler]] = [
    ("POST", "/v1/checkout/sessions", "create", create_session),
    ("GET", "/v1/checkout/sessions/{name}", "query", show_session),
    ("POST", "/v1/checkout/sessions/{name}/expire", "close", expire_session),
    ("POST", "/v1/payment_intents", "create", create_intent),
    ("GET", "/v1/payment_intents", "query", list_intents),
    ("GET", "/v1/payment_intents/{name}", "query", show_intent),
    ("POST", "/v1/payment_intents/{name}/cancel", "close", cancel_intent),
    ("GET", "/v1/charges/{name}", "query", show_charge),
    ("POST", "/v1/refunds", "refund", create_refund),
    ("GET", "/v1/refunds", "refund_query", list_refunds),
    ("GET", "/v1/refunds/{name}", "refund_query", show_refund),
    ("GET", "/v1/disputes", "dispute", list_disputes),
    ("GET", "/v1/disputes/{name}", "dispute", show_dispute),
    ("POST", "/v1/disputes/{name}", "dispute", update_dispute),
    ("POST", "/v1/disputes/{name}/close", "dispute", close_dispute),
    ("GET", "/v1/balance", "balance", show_balance),
    ("GET", "/v1/balance_transactions", "balance", list_balance),
]
