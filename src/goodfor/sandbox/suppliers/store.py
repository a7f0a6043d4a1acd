"""Reads and writes of the books. Each function is part of its caller's transaction."""

import json
import sqlite3
from decimal import Decimal
from typing import Any

from goodfor.sandbox.suppliers.types import Code, Item, Order, Site, Ticket, Wanted, amount_of, compact, stored

_CODES = "SELECT codes.*, (SELECT used_ms FROM uses u WHERE u.ref = codes.ref) AS used_ms FROM codes"


def site_at(conn: sqlite3.Connection, site_id: int) -> Site:
    """The account as it stands now."""
    return _site(conn.execute("SELECT * FROM sites WHERE id = ?", (site_id,)).fetchone())


def sites(conn: sqlite3.Connection) -> list[Site]:
    """All accounts."""
    return [_site(row) for row in conn.execute("SELECT * FROM sites ORDER BY id")]


def _site(row: sqlite3.Row) -> Site:
    return Site(
        row["id"], row["vendor"], row["name"], row["currency"], amount_of(row["credit"]), amount_of(row["balance"]),
        row["push_url"], row["delay_ms"],
    )  # fmt: skip


def _item(row: sqlite3.Row) -> Item:
    return Item(
        row["id"], row["name"], row["kind"], amount_of(row["cost"]), amount_of(row["face"]), row["stock"],
        row["state"], row["category"], json.loads(row["form"]), json.loads(row["detail"]),
    )  # fmt: skip


def item(conn: sqlite3.Connection, site: int, item_id: str) -> Item | None:
    """One item, whatever its state."""
    row = conn.execute("SELECT * FROM items WHERE site = ? AND id = ?", (site, item_id)).fetchone()
    return None if row is None else _item(row)


def items(
    conn: sqlite3.Connection, site: int, *, offset: int = 0, limit: int = -1, kind: str = "", category: str = ""
) -> list[Item]:
    """Items that are not deleted, in their order."""
    rows = conn.execute(
        "SELECT * FROM items WHERE site = ? AND state <> 'deleted' AND ? IN ('', kind) AND ? IN ('', category)"
        " ORDER BY place LIMIT ? OFFSET ?",
        (site, kind, category, limit, offset),
    )
    return [_item(row) for row in rows]


def count_items(conn: sqlite3.Connection, site: int) -> int:
    """How many are not deleted."""
    row = conn.execute("SELECT count(*) FROM items WHERE site = ? AND state <> 'deleted'", (site,)).fetchone()
    return int(row[0])


def put_item(conn: sqlite3.Connection, site: int, made: Item) -> None:
    """Adds an item or replaces it where it stands."""
    place = conn.execute("SELECT coalesce(max(place), 0) + 1 FROM items WHERE site = ?", (site,)).fetchone()[0]
    conn.execute(
        "INSERT INTO items (site, id, name, kind, cost, face, stock, state, category, form, detail, place)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (site, id) DO UPDATE SET name = excluded.name,"
        " kind = excluded.kind, cost = excluded.cost, face = excluded.face, stock = excluded.stock,"
        " state = excluded.state, category = excluded.category, form = excluded.form, detail = excluded.detail",
        (
            site, made.id, made.name, made.kind, stored(made.cost), stored(made.face), made.stock, made.state,
            made.category, compact(made.form), compact(made.detail), place,
        ),
    )  # fmt: skip


def take_stock(conn: sqlite3.Connection, site: int, item_id: str, units: int) -> bool:
    """Fewer by so many (or more, below zero); False when there are not so many."""
    done = conn.execute(
        "UPDATE items SET stock = stock - ? WHERE site = ? AND id = ? AND (stock IS NULL OR stock >= ?)",
        (units, site, item_id, units),
    )
    return done.rowcount == 1


def add_order(
    conn: sqlite3.Connection, site: Site, wanted: Wanted, of: Item, unit: Decimal, ref: str, now_ms: int
) -> Order:
    """A new order, charged: its row and the movement."""
    units = wanted.quantity * wanted.units
    charged = stored(unit * units)
    made = conn.execute(
        "INSERT INTO orders (site, ref, number, item, sku, kind, quantity, unit_cost, charged, state, form, notify_url,"
        " detail, created_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'accepted', ?, ?, ?, ?)",
        (
            site.id, ref, wanted.number, of.id, wanted.sku, of.kind, units, stored(unit), charged,
            compact(dict(wanted.form)), wanted.notify_url, compact(dict(wanted.detail)), now_ms,
        ),
    )  # fmt: skip
    seq = int(made.lastrowid or 0)
    move(conn, site.id, seq, "charge", -charged, now_ms)
    return order_at(conn, seq)


def move(conn: sqlite3.Connection, site: int, order: int | None, kind: str, amount: int, now_ms: int) -> None:
    """A movement of money; a trigger brings the balance along."""
    conn.execute(
        "INSERT INTO movements (site, order_seq, kind, amount, at_ms) VALUES (?, ?, ?, ?, ?)",
        (site, order, kind, amount, now_ms),
    )


def order_at(conn: sqlite3.Connection, seq: int) -> Order:
    """The order of that row. Raises LookupError."""
    row = conn.execute("SELECT * FROM orders WHERE seq = ?", (seq,)).fetchone()
    if row is None:
        raise LookupError(seq)
    return _order(conn, row)


def order_row(conn: sqlite3.Connection, site: int, *, number: str = "", ref: str = "") -> sqlite3.Row | None:
    """The newest row by the buyer's number, else by the supplier's."""
    if not number and not ref:
        return None
    column, value = ("number", number) if number else ("ref", ref)
    row: sqlite3.Row | None = conn.execute(
        f"SELECT * FROM orders WHERE site = ? AND {column} = ? ORDER BY seq DESC LIMIT 1",  # noqa: S608
        (site, value),
    ).fetchone()
    return row


def orders(
    conn: sqlite3.Connection, site: int, *, since_ms: int = 0, until_ms: int = 1 << 62, after: int = 0
) -> list[Order]:  # fmt: skip
    """All orders of a span, oldest first, with their codes; `after`: only those that came later than that one."""
    rows = conn.execute(
        "SELECT * FROM orders WHERE site = ? AND created_ms >= ? AND created_ms < ? AND seq > ? ORDER BY seq",
        (site, since_ms, until_ms, after),
    ).fetchall()
    return [_order(conn, row) for row in rows]


def _order(conn: sqlite3.Connection, row: sqlite3.Row) -> Order:
    return Order(
        row["seq"], row["site"], row["ref"], row["number"], row["item"], row["sku"], row["kind"], row["quantity"],
        amount_of(row["unit_cost"]), amount_of(row["charged"]), amount_of(row["refunded"]),
        (row["odd"] and "odd") or row["state"], row["done"], row["hint"], json.loads(row["form"]), row["notify_url"],
        json.loads(row["detail"]), row["created_ms"], row["ended_ms"], codes(conn, row["seq"]),
    )  # fmt: skip


def codes(conn: sqlite3.Connection, order: int) -> tuple[Code, ...]:
    """What was delivered, in order."""
    rows = conn.execute(f"{_CODES} WHERE order_seq = ? ORDER BY seq", (order,))
    return tuple(_code(row) for row in rows)


def code(conn: sqlite3.Connection, site: int, ref: str) -> tuple[Code, int] | None:
    """A code by the supplier's number of it, and its order's row."""
    row = conn.execute(f"{_CODES} WHERE site = ? AND codes.ref = ?", (site, ref)).fetchone()
    return None if row is None else (_code(row), int(row["order_seq"]))


def code_by_secret(conn: sqlite3.Connection, site: int, secret: str) -> str | None:
    """The supplier's number of the newest code that says this: its secret, or its link."""
    row = conn.execute(
        "SELECT ref FROM codes WHERE site = ? AND ? IN (secret, link) ORDER BY seq DESC LIMIT 1", (site, secret)
    ).fetchone()
    return None if row is None else str(row["ref"])


def mark_code(conn: sqlite3.Connection, site: int, ref: str, state: str, used_ms: int | None = None) -> bool:
    """What a code is from now on; False: there is none. `used_ms`: since when, of a used one."""
    done = conn.execute("UPDATE codes SET state = ? WHERE site = ? AND ref = ?", (state, site, ref))
    conn.execute("DELETE FROM uses WHERE ref = ?", (ref,))
    if state == "used" and used_ms is not None:
        conn.execute("INSERT INTO uses (ref, used_ms) VALUES (?, ?)", (ref, used_ms))
    return done.rowcount == 1


def _code(row: sqlite3.Row) -> Code:
    return Code(
        row["ref"], row["number"], row["secret"], row["link"], row["image"], row["state"], bool(row["honest"]),
        row["used_ms"],
    )  # fmt: skip


def add_code(conn: sqlite3.Connection, order: Order, made: Code) -> None:
    """One more code of an order; an honest one twice breaks the index."""
    conn.execute(
        "INSERT INTO codes (site, order_seq, ref, number, secret, link, image, state, honest)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order.site, order.seq, made.ref, made.number, made.secret, made.link, made.image, made.state,
            int(made.honest),
        ),
    )  # fmt: skip


def add_step(
    conn: sqlite3.Connection, order: int, what: str, detail: dict[str, Any], at_ms: int | None, queries: int | None
) -> None:
    """Something that will happen to an order."""
    conn.execute(
        "INSERT INTO steps (order_seq, what, detail, at_ms, queries) VALUES (?, ?, ?, ?, ?)",
        (order, what, compact(detail), at_ms, queries),
    )
    if queries is not None:
        conn.execute("UPDATE orders SET counts = 1 WHERE seq = ?", (order,))


def tickets(conn: sqlite3.Connection, site: int, ref: str = "") -> list[Ticket]:
    """Complaints, or the one with that number."""
    rows = conn.execute(
        "SELECT t.*, o.ref AS order_ref, o.number AS order_number FROM tickets t JOIN orders o ON o.seq = t.order_seq"
        " WHERE t.site = ? AND ? IN ('', t.ref) ORDER BY t.seq",
        (site, ref),
    )
    return [
        Ticket(
            row["ref"], row["order_ref"], row["order_number"], row["text"], row["state"], row["reply"],
            row["notify_url"],
        )
        for row in rows
    ]  # fmt: skip
