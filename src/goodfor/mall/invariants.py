"""Truths about the mall."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.mall import states

INVARIANTS = [
    Invariant(
        name="mall_points_are_taken",
        room="mall",
        why="each redemption and each play took exactly the points that it cost, and no play's points went elsewhere",
        sql="""
        SELECT r.id::text, 'costs ' || r.points || ', taken ' || coalesce(-e.units, 0)
        FROM mall_redemption r
        LEFT JOIN loyalty_entry e ON e.shop_id = r.shop_id AND e.order_id = r.order_id AND e.kind = 'spend'
        LEFT JOIN loyalty_wallet w ON w.shop_id = e.shop_id AND w.id = e.wallet_id
        WHERE e.units IS DISTINCT FROM -r.points OR w.owner IS DISTINCT FROM r.owner
        UNION ALL
        SELECT coalesce(p.id, e.id)::text, 'costs ' || coalesce(p.cost, 0) || ', taken ' || coalesce(-e.units, 0)
        FROM mall_play p
        FULL JOIN (SELECT e.id, e.shop_id, e.units, e.source_id, w.owner FROM loyalty_entry e
                   LEFT JOIN loyalty_wallet w ON w.shop_id = e.shop_id AND w.id = e.wallet_id
                   WHERE e.source_kind = 'draw') e ON e.shop_id = p.shop_id AND e.source_id = p.id::text
        WHERE e.units IS DISTINCT FROM -p.cost OR e.owner IS DISTINCT FROM p.owner
        """,
    ),
    Invariant(
        name="mall_pieces_are_counted",
        room="mall",
        why="what is missing of a reward is with members, and each member's count is what he has",
        sql="""
        SELECT w.id::text, 'taken ' || w.taken || ', with members ' || coalesce(r.n, 0)
        FROM mall_reward w
        LEFT JOIN (SELECT shop_id, reward_id, count(*) AS n FROM mall_redemption WHERE state = 'taken' GROUP BY 1, 2) r
             ON r.shop_id = w.shop_id AND r.reward_id = w.id
        WHERE w.taken <> coalesce(r.n, 0)
        UNION ALL
        SELECT coalesce(t.reward_id, r.reward_id)::text, coalesce(t.period_key, r.period_key) || ': counted '
               || coalesce(t.n, 0) || ', has ' || coalesce(r.n, 0)
        FROM mall_tally t
        FULL JOIN (SELECT shop_id, reward_id, owner, period_key, count(*) AS n FROM mall_redemption
                   WHERE state = 'taken' GROUP BY 1, 2, 3, 4) r
             USING (shop_id, reward_id, owner, period_key)
        WHERE coalesce(t.n, 0) <> coalesce(r.n, 0)
        """,
    ),
    Invariant(
        name="mall_redemptions_are_over_with_their_orders",
        room="mall",
        why="a piece is with its member as long as the order is; news of its end is told within a quarter of an hour",
        sql="""
        SELECT r.id::text, r.state || ', order ' || coalesce(o.state, 'gone')
        FROM mall_redemption r LEFT JOIN orders_order o ON o.shop_id = r.shop_id AND o.id = r.order_id
        WHERE o.id IS NULL
           OR r.state = 'returned' AND o.state NOT IN ('cancelled', 'expired', 'refunding', 'refunded')
           OR r.state = 'taken' AND o.state IN ('cancelled', 'expired', 'refunded')
              AND coalesce(o.refunded_at, o.closed_at) < %(now)s - interval '15 minutes'
        """,
    ),
    Invariant(
        name="mall_prizes_are_counted",
        room="mall",
        why="a prize was won as often as it says: never more than there were",
        sql="""
        SELECT z.id::text, 'won ' || z.won || ', plays ' || coalesce(p.n, 0)
        FROM mall_prize z
        LEFT JOIN (SELECT shop_id, prize_id, count(*) AS n FROM mall_play GROUP BY 1, 2) p
             ON p.shop_id = z.shop_id AND p.prize_id = z.id
        WHERE z.won <> coalesce(p.n, 0)
        """,
    ),
    Invariant(
        name="mall_plays_follow_their_roll",
        room="mall",
        why="each play gave what its roll gives by the table of odds that it keeps",
        sql="""
        SELECT p.id::text, 'roll ' || p.roll || ' gave ' || p.prize_id || ', odds ' || coalesce(f.given, 'none')
        FROM mall_play p
        LEFT JOIN LATERAL (
            SELECT s.prize AS drawn, CASE WHEN s.left_over THEN s.prize ELSE c.prize END AS given
            FROM (SELECT o.value ->> 'prize' AS prize, (o.value ->> 'left')::boolean AS left_over,
                         (o.value ->> 'weight')::bigint AS weight,
                         sum((o.value ->> 'weight')::bigint) OVER (ORDER BY o.ordinality) AS upto
                  FROM jsonb_array_elements(p.odds) WITH ORDINALITY o) s
            LEFT JOIN (SELECT o.value ->> 'prize' AS prize FROM jsonb_array_elements(p.odds) o
                       WHERE (o.value ->> 'consolation')::boolean) c ON true
            WHERE p.roll >= s.upto - s.weight AND p.roll < s.upto) f ON true
        WHERE f.given IS DISTINCT FROM p.prize_id::text OR f.drawn IS DISTINCT FROM p.drawn_id::text
        """,
    ),
    Invariant(
        name="mall_prizes_are_handed_over",
        room="mall",
        why="points that were won are in the wallet, goods are ordered out of marketing, and what came back is points",
        sql="""
        SELECT p.id::text, 'won ' || p.units || ', given ' || coalesce(e.units, 0)
        FROM (SELECT * FROM mall_play WHERE units > 0) p
        FULL JOIN (SELECT * FROM loyalty_entry WHERE source_kind = 'prize') e
             ON e.shop_id = p.shop_id AND e.source_id = p.id::text
        WHERE p.units IS DISTINCT FROM e.units
        UNION ALL
        SELECT coalesce(p.id::text, b.reference), 'goods of ' || coalesce(p.minor, 0) || ', booked '
               || coalesce(b.minor, 0)
        FROM (SELECT * FROM mall_play WHERE order_id IS NOT NULL) p
        FULL JOIN (SELECT t.shop_id, t.reference, sum(g.amount_minor) AS minor FROM ledger_tx t
                   JOIN ledger_posting g ON g.tx_id = t.id AND g.shop_id = t.shop_id AND g.layer = 0
                   JOIN ledger_account a ON a.id = g.account_id AND a.shop_id = g.shop_id AND a.code = '6601:marketing'
                   WHERE t.kind = 'prize' GROUP BY 1, 2) b
             ON b.shop_id = p.shop_id AND b.reference = 'prize:' || p.id
        WHERE p.minor IS DISTINCT FROM b.minor
        UNION ALL
        SELECT p.id::text, 'back ' || p.back_minor || ', noted ' || coalesce(k.minor, 0) || ', booked '
               || coalesce(b.minor, 0)
        FROM mall_play p
        LEFT JOIN (SELECT shop_id, play_id, sum(minor) AS minor FROM mall_prize_back GROUP BY 1, 2) k
             ON k.shop_id = p.shop_id AND k.play_id = p.id
        LEFT JOIN (SELECT t.shop_id, t.cause_id, -sum(g.amount_minor) AS minor FROM ledger_tx t
                   JOIN ledger_posting g ON g.tx_id = t.id AND g.shop_id = t.shop_id AND g.layer = 0
                   JOIN ledger_account a ON a.id = g.account_id AND a.shop_id = g.shop_id AND a.code = '6601:marketing'
                   WHERE t.kind = 'prize_back' GROUP BY 1, 2) b
             ON b.shop_id = p.shop_id AND b.cause_id = p.id
        WHERE p.back_minor <> coalesce(k.minor, 0) OR p.back_minor <> coalesce(b.minor, 0)
        """,
    ),
    history_invariant(states.REWARD, table="mall_reward", room="mall", name="mall_rewards_moved_as_allowed"),
    history_invariant(states.DRAW, table="mall_draw", room="mall", name="mall_draws_moved_as_allowed"),
    history_invariant(
        states.REDEMPTION, table="mall_redemption", room="mall", name="mall_redemptions_moved_as_allowed"
    ),
    history_invariant(states.PLAY, table="mall_play", room="mall", name="mall_plays_moved_as_allowed"),
]
