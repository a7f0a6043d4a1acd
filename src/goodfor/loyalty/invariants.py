"""Truths about wallets and points."""

from goodfor.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        name="points_lots_are_the_balance",
        room="loyalty",
        why="what a wallet holds is what its lots have left, and all its movements come to that less what it owes",
        sql="""
        SELECT w.id::text, 'balance ' || w.balance || ', debt ' || w.debt || ', lots ' || coalesce(l.remaining, 0)
               || ', movements ' || coalesce(e.units, 0)
        FROM loyalty_wallet w
        LEFT JOIN (SELECT shop_id, wallet_id, sum(remaining) AS remaining FROM loyalty_lot GROUP BY 1, 2) l
             ON l.shop_id = w.shop_id AND l.wallet_id = w.id
        LEFT JOIN (SELECT shop_id, wallet_id, sum(units) AS units FROM loyalty_entry GROUP BY 1, 2) e
             ON e.shop_id = w.shop_id AND e.wallet_id = w.id
        WHERE w.balance <> coalesce(l.remaining, 0) OR w.balance - w.debt <> coalesce(e.units, 0)
        """,
    ),
    Invariant(
        name="points_lots_are_allocated",
        room="loyalty",
        why="what is missing from a lot was taken by movements that say so",
        sql="""
        SELECT l.id::text, 'missing ' || l.units - l.remaining || ', taken ' || coalesce(a.taken, 0)
        FROM loyalty_lot l
        LEFT JOIN (SELECT shop_id, lot_id, sum(units - back) AS taken FROM loyalty_allocation GROUP BY 1, 2) a
             ON a.shop_id = l.shop_id AND a.lot_id = l.id
        WHERE l.units - l.remaining <> coalesce(a.taken, 0)
        """,
    ),
    Invariant(
        name="points_owed_are_booked",
        room="loyalty",
        why="what the books owe for points is what their lots are worth, to the fen",
        sql="""
        SELECT concat_ws(' ', shop_id, code), 'lots ' || coalesce(l.worth, 0) || ', books ' || coalesce(b.owed, 0)
        FROM (SELECT l.shop_id, CASE w.kind WHEN 'points' THEN '2203:points' ELSE '2203:points:' || w.kind END AS code,
                     sum(l.minor * l.remaining / l.units) AS worth
              FROM loyalty_lot l JOIN loyalty_wallet w ON w.shop_id = l.shop_id AND w.id = l.wallet_id
              WHERE w.kind <> 'growth' GROUP BY 1, 2) l
        FULL JOIN (SELECT a.shop_id, a.code, -sum(p.amount_minor) AS owed
                   FROM ledger_account a
                   JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                   WHERE a.code = '2203:points' OR a.code LIKE '2203:points:%%' GROUP BY 1, 2) b USING (shop_id, code)
        WHERE coalesce(l.worth, 0) <> coalesce(b.owed, 0)
        """,
    ),
]
