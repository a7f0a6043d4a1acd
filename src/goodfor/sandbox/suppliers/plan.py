"""What will become of an order that was just bought: by the site's custom, or by the switches that are set."""

import sqlite3

from goodfor.sandbox.suppliers import store
from goodfor.sandbox.suppliers.faults import Board, Scope
from goodfor.sandbox.suppliers.types import Order, Site


def plan(conn: sqlite3.Connection, board: Board, scope: Scope, site: Site, order: Order, now_ms: int) -> bool:
    """Writes the order's steps. True: it is delivered at once, within the same transaction."""
    _hide(conn, board, scope, order, now_ms)
    if (after := board.take("refund_after", scope)) is not None:
        # It begins to run with the delivery.
        detail = {"part": after.settings["part"], "tell": after.whole("tell"), "after_ms": after.ms()}
        store.add_step(conn, order.seq, "refund_later", detail, None, None)
    if board.take("never", scope) is not None:
        return False
    if (fails := board.take("fail", scope)) is not None:
        store.add_step(conn, order.seq, "fail", {"why": fails.text("why")}, now_ms + fails.ms(), None)
        return False
    detail = {}
    if (part := board.take("partial", scope)) is not None:
        detail = {"count": part.whole("count"), "refund": part.whole("refund")}
    delivers = board.take("deliver", scope)
    if delivers is None and board.look("push_first", scope) is not None:
        at_once, delay, queries = True, 0, 0
    elif delivers is not None:
        delay, queries = delivers.ms(), delivers.whole("queries")
        at_once = not delay and not queries
    else:
        delay, queries = site.delay_ms, 0
        at_once = not delay
    if queries:
        store.add_step(conn, order.seq, "deliver", detail, None, queries)
    elif not at_once or detail:
        store.add_step(conn, order.seq, "deliver", detail, now_ms + delay, None)
    return at_once


def _hide(conn: sqlite3.Connection, board: Board, scope: Scope, order: Order, now_ms: int) -> None:
    if (hidden := board.take("not_found", scope)) is not None:
        seconds, queries = hidden.ms(), hidden.whole("queries")
        # A span of time is meant where one is given; else so many questions.
        conn.execute(
            "UPDATE orders SET hidden_ms = ?, hidden_for = ?, counts = 1 WHERE seq = ?",
            (now_ms + seconds, 0 if seconds else queries, order.seq),
        )
    if (odd := board.take("odd_word", scope)) is not None:
        conn.execute("UPDATE orders SET odd = ? WHERE seq = ?", (odd.text("word"), order.seq))
