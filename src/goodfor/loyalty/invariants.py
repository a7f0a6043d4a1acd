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
    Invariant(
        name="points_of_tasks_are_given",
        room="loyalty",
        why="what a task is said to have brought is in the member's wallet, once, and gone where it was taken back; no"
        " points of tasks come otherwise",
        sql="""
        SELECT concat_ws(' ', r.shop_id, r.owner, r.task, r.period), 'said ' || coalesce(r.units, 0) || ', given '
               || coalesce(e.given, 0) || ', asked back ' || coalesce(e.back, 0)
        FROM loyalty_task_reward r
        FULL JOIN (SELECT w.shop_id, w.owner, e.source_id,
                          sum(e.units) FILTER (WHERE e.kind = 'earn') AS given,
                          sum(e.asked) FILTER (WHERE e.kind = 'clawback') AS back
                   FROM loyalty_entry e JOIN loyalty_wallet w ON w.shop_id = e.shop_id AND w.id = e.wallet_id
                   WHERE e.source_kind = 'task' GROUP BY 1, 2, 3) e
             ON e.shop_id = r.shop_id AND e.owner = r.owner AND e.source_id = r.task || ':' || r.period
        WHERE coalesce(r.units, 0) <> coalesce(e.given, 0)
           OR coalesce(e.back, 0) <> CASE WHEN r.back_at IS NULL THEN 0 ELSE r.units END
        """,
    ),
    Invariant(
        name="points_of_presents_are_given",
        room="loyalty",
        why="what a member was given for a month, a birthday or an anniversary is in the wallet, once",
        sql="""
        SELECT concat_ws(' ', b.shop_id, b.owner, b.kind, b.period), 'said ' || coalesce(b.units, 0) || ', given '
               || coalesce(e.given, 0)
        FROM loyalty_benefit b
        FULL JOIN (SELECT w.shop_id, w.owner, e.source_kind, e.source_id, sum(e.units) AS given
                   FROM loyalty_entry e JOIN loyalty_wallet w ON w.shop_id = e.shop_id AND w.id = e.wallet_id
                   WHERE e.kind = 'earn' AND e.source_kind IN ('monthly', 'birthday', 'anniversary')
                   GROUP BY 1, 2, 3, 4) e
             ON e.shop_id = b.shop_id AND e.owner = b.owner AND e.source_kind = b.kind AND e.source_id = b.period
        WHERE coalesce(b.units, 0) <> coalesce(e.given, 0)
        """,
    ),
]
