"""What a test or a demo does to a site: money, items, ends of orders. The same in process and by HTTP."""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from goodfor.sandbox.suppliers import outbox, store
from goodfor.sandbox.suppliers.house import House
from goodfor.sandbox.suppliers.types import Item, Order, Refused, Site, amount_of, stored
from goodfor.sandbox.types import GatewayError

_KINDS: Final = ("card", "direct", "ticket", "link", "image", "manual")
_MOST: Final = 50_000


def amount(value: object) -> Decimal:
    """An amount as text or number. Raises GatewayError."""
    try:
        found = Decimal(str(value))
        stored(found)
    except (InvalidOperation, ValueError):
        raise GatewayError("an amount with at most four decimals") from None
    return found


def topup(house: House, site: Site, sum_: Decimal) -> Site:
    """Money comes in, or goes (below zero)."""
    with house.db.write() as conn:
        store.move(conn, site.id, None, "topup", stored(sum_), house.now_ms())
        return store.site_at(conn, site.id)


def seed(house: House, site: Site, count: int, **more: Any) -> list[str]:
    """So many items, numbered on from `first`; their ids. `kind`, `cost`, `stock` (None: endless), `form`, `detail`.

    Costs differ by a hundredth from item to item where `step` says so.
    """
    kind, first = str(more.get("kind", "card")), int(more.get("first", 1001))
    if not 0 < count <= _MOST or kind not in _KINDS:
        raise GatewayError(f"count: 1 to {_MOST}; kind: {', '.join(_KINDS)}")
    cost, step = amount(more.get("cost", "9.90")), amount(more.get("step", 0))
    stock = more.get("stock", 1000)
    ids = [str(first + index) for index in range(count)]
    with house.db.write() as conn:
        for index, item_id in enumerate(ids):
            made = Item(
                item_id, str(more.get("name") or f"测试商品 {item_id}"), kind, cost + step * index,
                amount(more.get("face", "10")), None if stock is None else int(stock), str(more.get("state", "on")),
                str(more.get("category", "1")), list(more.get("form") or []), dict(more.get("detail") or {}),
            )  # fmt: skip
            store.put_item(conn, site.id, made)
    return ids


def change(house: House, site: Site, item_id: str, *, tell: bool = False, **changes: Any) -> Item:
    """Price, stock, state, name, form or detail of an item; `tell`: with the vendor's call about it."""
    known = {"cost", "stock", "state", "name", "face", "form", "detail", "category"}
    if set(changes) - known:
        raise GatewayError(f"changes: {', '.join(sorted(known))}")
    for key in ("cost", "face"):
        if key in changes:
            changes[key] = amount(changes[key])
    with house.db.write() as conn:
        found = store.item(conn, site.id, item_id)
        if found is None:
            raise GatewayError("no such item")
        found = replace(found, **changes)
        store.put_item(conn, site.id, found)
        if tell:
            _tell_item(house, conn, site, found)
    house.outbox.wake()
    return found


def tell_item(house: House, site: Site, item_id: str) -> None:
    """The vendor's call about an item, without any change."""
    change(house, site, item_id, tell=True)


def _tell_item(house: House, conn: Any, site: Site, item: Item) -> None:
    current = store.site_at(conn, site.id)
    if current.push_url:
        vendor, now = house.vendors[site.vendor], house.now_ms()
        calls = vendor.item_push(item, current, now)
        scope = house.scope(site, "other", item.id)
        outbox.plan(conn, house.board, scope, vendor, site.id, None, calls, calls, now)


def act(house: House, site: Site, number: str, what: str, **more: Any) -> Order:
    """`finish`, `fail`, `cancel`, `refund` (`amount`, `tell`), `state` (`word`, `tell`), `partial` (`count`) an order.

    By the buyer's number, else by the supplier's. Raises GatewayError, Refused.
    """
    with house.db.write() as conn:
        row = store.order_row(conn, site.id, number=number) or store.order_row(conn, site.id, ref=number)
        if row is None:
            raise GatewayError("no such order")
        order, work = store.order_at(conn, row["seq"]), house.work(conn, store.site_at(conn, site.id))
        tell = bool(more.get("tell", True))
        if what in ("finish", "partial", "fail", "cancel"):
            conn.execute("DELETE FROM steps WHERE order_seq = ? AND what <> 'refund_later'", (order.seq,))
        if what == "finish":
            order = work.deliver(order)
        elif what == "partial":
            order = work.deliver(order, {"count": int(more.get("count", 1)), "refund": int(more.get("refund", 1))})
        elif what == "fail":
            order = work.fail(order)
        elif what == "cancel":
            order = work.cancelled(order)
        elif what == "refund":
            left = order.charged - order.refunded
            order = work.refund(order, left if more.get("amount") is None else amount(more["amount"]), tell=tell)
        elif what == "state":
            order = work.state(order, str(more.get("word", "processing")), tell=tell)
        else:
            raise GatewayError("finish, partial, fail, cancel, refund or state")
    house.outbox.wake()
    return order


CODE_STATES: Final = ("unused", "processed", "used", "invalid", "voiding", "voided")


def use(house: House, site: Site, code: str, state: str = "used", *, at: float | None = None) -> str:
    """A code was used somewhere, or is bad: its state in the books. `code`: their number of it, its secret or link.

    `at`: Unix seconds of the use; now, where nothing is said. Its number. Raises GatewayError.
    """
    if state not in CODE_STATES:
        raise GatewayError(f"state: {', '.join(CODE_STATES)}")
    used_ms = house.now_ms() if at is None else int(at * 1000)
    with house.db.write() as conn:
        ref = code if store.code(conn, site.id, code) is not None else store.code_by_secret(conn, site.id, code)
        if ref is None or not store.mark_code(conn, site.id, ref, state, used_ms):
            raise GatewayError("no such code")
    return ref


def reply(
    house: House, site: Site, ticket_ref: str, text: str, state: str = "done", *, refund: object = None
) -> None:  # fmt: skip
    """A complaint is answered, and that is told; `refund`: paid back for it before. Raises GatewayError, Refused."""
    with house.db.write() as conn:
        back = None if refund is None else amount(refund)
        if not ticket_ref or not house.work(conn, store.site_at(conn, site.id)).judged(ticket_ref, text, state, back):
            raise GatewayError("no such complaint")
    house.outbox.wake()


def totals(house: House, site: Site) -> dict[str, Any]:
    """The books as sums. `balanced`: the balance is the sum of the movements, and orders agree with them one by one."""
    house.flush()
    with house.db.read() as conn:
        current = store.site_at(conn, site.id)
        one = conn.execute(
            "SELECT count(*) AS orders, coalesce(sum(charged), 0) AS charged, coalesce(sum(refunded), 0) AS refunded,"
            " coalesce(sum(done), 0) AS units FROM orders WHERE site = ?",
            (site.id,),
        ).fetchone()
        moved = conn.execute("SELECT coalesce(sum(amount), 0) FROM movements WHERE site = ?", (site.id,)).fetchone()[0]
        wrong = conn.execute(
            "SELECT count(*) FROM (SELECT o.seq FROM orders o LEFT JOIN movements m ON m.order_seq = o.seq"
            " WHERE o.site = ? GROUP BY o.seq HAVING coalesce(sum(m.amount), 0) <> o.refunded - o.charged)",
            (site.id,),
        ).fetchone()[0]
        codes = conn.execute("SELECT count(*) FROM codes WHERE site = ? AND honest = 1", (site.id,)).fetchone()[0]
        states = conn.execute(
            "SELECT state, count(*) AS n FROM orders WHERE site = ? GROUP BY 1", (site.id,)
        ).fetchall()
        numbers = conn.execute("SELECT count(DISTINCT number) FROM orders WHERE site = ?", (site.id,)).fetchone()[0]
        calls = conn.execute(
            "SELECT endpoint, verdict, count(*) AS n FROM calls WHERE site = ? GROUP BY 1, 2", (site.id,)
        ).fetchall()
        pushes = conn.execute(
            "SELECT state, count(*) AS n FROM pushes WHERE site = ? GROUP BY 1", (site.id,)
        ).fetchall()
    return {
        "site": site.key,
        "orders": one["orders"],
        "numbers": numbers,
        "units": one["units"],
        "codes": codes,
        "charged": format(amount_of(one["charged"]), "f"),
        "refunded": format(amount_of(one["refunded"]), "f"),
        "balance": format(current.balance, "f"),
        "balanced": current.balance == amount_of(moved) and not wrong,
        "states": {row["state"]: row["n"] for row in states},
        "calls": {f"{row['endpoint']}: {row['verdict']}": row["n"] for row in calls},
        "pushes": {row["state"]: row["n"] for row in pushes},
    }


__all__ = ["Refused", "act", "amount", "change", "reply", "seed", "tell_item", "topup", "totals", "use"]
