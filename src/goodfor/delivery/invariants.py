"""Truths about showing codes."""

from goodfor.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        name="revealed_codes_are_sold",
        room="delivery",
        why="only a sold code is ever shown, and only to the line that holds it",
        sql="""
        SELECT r.code_id::text, 'shown to ' || r.holder_id
        FROM delivery_reveal r LEFT JOIN vault_code c ON c.shop_id = r.shop_id AND c.id = r.code_id
        WHERE c.id IS NULL OR c.holder_id IS DISTINCT FROM r.holder_id OR c.state IN (0, 1)
        """,
    ),
    Invariant(
        name="top_ups_were_bought",
        room="delivery",
        why="each proof of a top-up is of a purchase that a supplier ended with so many units",
        sql="""
        SELECT t.id::text, 'says ' || t.units || ', bought ' || coalesce(a.got, 0)
        FROM delivery_top_up t
        LEFT JOIN supply_attempt a ON a.shop_id = t.shop_id AND a.number = t.number
             AND a.state IN ('delivered', 'partial')
        LEFT JOIN supply_want w ON w.id = a.want_id AND w.shop_id = a.shop_id AND w.line_id = t.holder_id
        WHERE w.id IS NULL OR a.got <> t.units
        """,
    ),
    Invariant(
        name="showings_written_down",
        room="delivery",
        why="a code that was shown has its row, and who has a row has seen the code: refunds are decided by it",
        sql="""
        SELECT c.id::text, 'shown at ' || c.revealed_at || ', and nobody wrote to whom'
        FROM vault_code c
        WHERE c.revealed_at IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM delivery_reveal r WHERE r.shop_id = c.shop_id AND r.code_id = c.id)
        UNION ALL
        SELECT DISTINCT c.id::text, 'written down as shown, and the code says it was not'
        FROM delivery_reveal r
        JOIN vault_code c ON c.shop_id = r.shop_id AND c.id = r.code_id AND c.holder_id = r.holder_id
        WHERE c.revealed_at IS NULL AND c.state NOT IN (0, 1)
        """,
    ),
]
