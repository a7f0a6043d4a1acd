"""Truths about gifts."""

from goodfor.gifts import states
from goodfor.kernel.invariants import Invariant, history_invariant

INVARIANTS = [
    Invariant(
        name="gifts_hold_their_codes",
        room="gifts",
        why="codes are kept for a gift exactly while it can be opened, and are with its taker once it was",
        sql="""
        SELECT coalesce(g.id, c.gift_id)::text,
               'gift ' || coalesce(g.state, 'none') || ', codes ' || coalesce(c.n, 0) || ' in ' || coalesce(c.state, 'no')
        FROM (SELECT * FROM gifts_gift WHERE kind = 'codes' AND state = 'made') g
        FULL JOIN (SELECT shop_id, gift_id, state, count(*) AS n FROM orders_given WHERE state = 'held'
                   GROUP BY 1, 2, 3) c ON c.shop_id = g.shop_id AND c.gift_id = g.id
        WHERE (g.id IS NULL OR c.n IS DISTINCT FROM g.units)
          -- An order that just went back: its gift is told a moment later.
          AND NOT (c.gift_id IS NULL AND EXISTS (
              SELECT FROM orders_given b WHERE b.shop_id = g.shop_id AND b.gift_id = g.id AND b.state = 'back'))
        UNION ALL
        SELECT c.gift_id::text, 'passed on without being opened'
        FROM (SELECT DISTINCT shop_id, gift_id FROM orders_given WHERE state IN ('passed', 'gone')) c
        LEFT JOIN gifts_gift g ON g.shop_id = c.shop_id AND g.id = c.gift_id
        WHERE g.state IS DISTINCT FROM 'opened'
        """,
    ),
    Invariant(
        name="given_codes_are_seen_by_their_taker",
        room="gifts",
        why="what is kept for a gift nobody sees, and what was passed on only who opened it",
        sql="""
        SELECT r.id::text, 'seen by ' || r.actor || ', ' || c.state || CASE c.taker WHEN '' THEN '' ELSE ' to ' END
               || c.taker
        FROM orders_given c
        JOIN delivery_reveal r ON r.shop_id = c.shop_id AND r.holder_id = c.line_id AND r.code_id = c.code_id
        WHERE c.state IN ('held', 'passed', 'gone') AND r.actor IS DISTINCT FROM c.taker
        """,
    ),
    history_invariant(states.GIFT, table="gifts_gift", room="gifts", name="gifts_moved_as_allowed"),
]
