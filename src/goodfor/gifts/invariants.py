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
               'gift ' || coalesce(g.state, 'none') || ', codes kept ' || coalesce(c.n, 0)
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
    Invariant(
        name="gifts_hold_their_card_or_coupon",
        room="gifts",
        why="a card or coupon is kept for a gift exactly while it can be opened",
        sql="""
        SELECT coalesce(g.id, h.gift_id)::text, 'card ' || coalesce(h.card_id::text, 'none') || ', gift '
               || coalesce(g.state, 'none')
        FROM (SELECT * FROM gifts_gift WHERE kind = 'card' AND state = 'made') g
        FULL JOIN (SELECT * FROM cards_holding WHERE gift_id IS NOT NULL) h
             ON h.shop_id = g.shop_id AND h.gift_id = g.id
        WHERE g.id IS NULL OR h.card_id IS DISTINCT FROM g.subject_id OR h.holder_ref IS DISTINCT FROM g.giver_ref
        UNION ALL
        SELECT g.id::text, 'coupon of ' || c.buyer_ref || ', ' || c.state
        FROM gifts_gift g JOIN promotions_coupon c ON c.shop_id = g.shop_id AND c.id = g.subject_id
        WHERE g.kind = 'coupon' AND g.state = 'made' AND g.ends_at > now() AND c.state = 'claimed'
          AND (c.buyer_ref <> g.giver_ref OR c.gift_hash IS DISTINCT FROM g.secret_hash)
        """,
    ),
    Invariant(
        name="gifts_hold_their_points",
        room="gifts",
        why="points lie in the wallet of a gift only while it can be opened, and never more than were given",
        sql="""
        SELECT g.id::text, g.state || ', wallet ' || w.balance || ' of ' || g.units
        FROM gifts_gift g JOIN loyalty_wallet w ON w.shop_id = g.shop_id AND w.owner = g.id
        WHERE g.kind = 'points' AND (w.debt > 0 OR w.balance > g.units OR g.state = 'opened' AND EXISTS (
              SELECT FROM loyalty_lot l WHERE l.shop_id = w.shop_id AND l.wallet_id = w.id AND l.remaining > 0
              AND (l.expires_at IS NULL OR l.expires_at > g.closed_at)))
        UNION ALL
        SELECT g.id::text, 'nothing was kept for it' FROM gifts_gift g
        WHERE g.kind = 'points' AND NOT EXISTS (
              SELECT FROM loyalty_wallet w WHERE w.shop_id = g.shop_id AND w.owner = g.id)
        """,
    ),
    Invariant(
        name="gifts_lie_with_their_taker",
        room="gifts",
        why="codes that came as a gift are in the wallet of who opened it, and in no other",
        sql="""
        SELECT i.id::text, 'with ' || i.holder_ref || ', opened by ' || coalesce(g.taker_ref, 'nobody')
        FROM gifts_item i LEFT JOIN gifts_gift g ON g.shop_id = i.shop_id AND g.id = i.gift_id
        WHERE i.live AND i.gift_id IS NOT NULL AND (i.id <> i.gift_id OR i.holder_ref IS DISTINCT FROM g.taker_ref)
        """,
    ),
    history_invariant(states.GIFT, table="gifts_gift", room="gifts", name="gifts_moved_as_allowed"),
]
