"""Truths about partners."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.partners import states

INVARIANTS = [
    Invariant(
        name="partners_take_what_they_say",
        room="partners",
        why="units are gone from a wallet exactly for the numbers that were taken and have not failed, and came by"
        " those that gave some",
        sql="""
        WITH moved AS (
            SELECT shop_id, source_id, sum(units) AS units FROM loyalty_entry WHERE source_kind = 'partner'
            GROUP BY 1, 2
        ), said AS (
            SELECT shop_id, id, CASE state WHEN 'taken' THEN -units WHEN 'done' THEN -units WHEN 'added' THEN units
                                ELSE 0 END AS units
            FROM partners_spend
        )
        SELECT coalesce(s.id::text, m.source_id), 'said ' || coalesce(s.units, 0) || ', moved ' || coalesce(m.units, 0)
        FROM said s FULL JOIN moved m ON m.shop_id = s.shop_id AND m.source_id = s.id::text
        WHERE coalesce(s.units, 0) <> coalesce(m.units, 0)
        """,
    ),
    Invariant(
        name="partners_lists_are_booked",
        room="partners",
        why="the lines of a partner's months are what the books say by the same movements",
        sql="""
        SELECT a.id::text, 'lines ' || coalesce(m.minor, 0) || ', books ' || coalesce(b.minor, 0)
        FROM partners_account a
        LEFT JOIN (SELECT shop_id, account_id, sum(minor) AS minor FROM partners_movement GROUP BY 1, 2) m
             ON m.shop_id = a.shop_id AND m.account_id = a.id
        LEFT JOIN (SELECT c.shop_id, c.code, sum(p.amount_minor) AS minor
                   FROM ledger_account c
                   JOIN ledger_posting p ON p.account_id = c.id AND p.shop_id = c.shop_id AND p.layer = 0
                   JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
                   WHERE (c.code LIKE '2202:partner:%%' OR c.code LIKE '1122:partner:%%')
                     AND t.kind IN ('points_spend_elsewhere', 'points_restore_elsewhere', 'partner_sale',
                                    'partner_back')
                   GROUP BY 1, 2) b
             ON b.shop_id = a.shop_id
            AND b.code = CASE a.role WHEN 'developer' THEN '2202:partner:' ELSE '1122:partner:' END || a.code
        WHERE coalesce(m.minor, 0) <> coalesce(b.minor, 0) * CASE a.role WHEN 'developer' THEN -1 ELSE 1 END
        """,
    ),
    Invariant(
        name="partners_fail_for_good",
        room="partners",
        why="what a mall told as failed first is not taken, and what it told as arrived first is not given back",
        sql="""
        SELECT s.id::text, s.state || ', first told ' || CASE WHEN n.success THEN 'success' ELSE 'failure' END
        FROM partners_spend s
        JOIN LATERAL (SELECT success FROM partners_notice n WHERE n.shop_id = s.shop_id AND n.account_id = s.account_id
                      AND n.order_num = s.order_num ORDER BY first_at, id LIMIT 1) n ON true
        LEFT JOIN partners_supply g ON g.shop_id = s.shop_id AND g.spend_id = s.id
             AND (g.state = 'back' OR g.state IN ('ordered', 'done') AND NOT n.success)
        WHERE g.id IS NULL
          AND (s.state = 'taken' OR s.odd = '' AND s.state = CASE WHEN n.success THEN 'undone' ELSE 'done' END)
        """,
    ),
    Invariant(
        name="partner_supplies_are_paid_orders",
        room="partners",
        why="goods that a mall had us supply are an order paid out of points that are still gone, or back with them",
        sql="""
        SELECT g.id::text, g.state || ', paid ' || coalesce(p.amount_minor, 0) || ', points ' || coalesce(s.state, '-')
        FROM partners_supply g
        LEFT JOIN partners_spend s ON s.shop_id = g.shop_id AND s.id = g.spend_id
        LEFT JOIN payments_payment p ON p.shop_id = g.shop_id AND p.source_id = g.order_id
             AND p.wallet_account = '2203:redeemed'
        WHERE g.price_minor IS DISTINCT FROM p.amount_minor
           OR g.state IN ('ordered', 'done') AND coalesce(s.state, '') NOT IN ('taken', 'done')
           OR g.state = 'back' AND (s.state IS DISTINCT FROM 'undone' OR g.back_minor <> g.price_minor)
        """,
    ),
    history_invariant(
        states.SUPPLY, table="partners_supply", room="partners", name="partner_supplies_moved_as_allowed"
    ),
    history_invariant(states.SPEND, table="partners_spend", room="partners", name="partner_spends_moved_as_allowed"),
    history_invariant(states.EXCHANGE, table="partners_exchange", room="partners", name="exchanges_moved_as_allowed"),
    history_invariant(states.WORD, table="partners_word", room="partners", name="partner_words_moved_as_allowed"),
    Invariant(
        name="exchanges_are_paid_orders",
        room="partners",
        why="an exchange whose points a partner took is an order that was paid out of them, and no other is",
        sql="""
        SELECT coalesce(e.id, o.id)::text, coalesce(e.state, 'no exchange') || ', paid ' || coalesce(p.amount_minor, 0)
        FROM partners_exchange e
        FULL JOIN (SELECT shop_id, id FROM orders_order WHERE buyer_ref LIKE 'partner:%%') o
             ON o.shop_id = e.shop_id AND o.id = e.order_id
        LEFT JOIN payments_payment p ON p.shop_id = o.shop_id AND p.source_id = o.id
             AND p.wallet_account = '2203:redeemed'
        WHERE e.price_minor IS DISTINCT FROM p.amount_minor OR (e.price_minor IS NULL) <> (o.id IS NULL)
           OR e.state = 'back' AND e.price_minor IS NOT NULL AND e.back_minor <> e.price_minor
        """,
    ),
    Invariant(
        name="partners_are_told",
        room="partners",
        why="of each exchange that has ended the partner is owed the word that fits, and no other",
        sql="""
        SELECT e.id::text, e.state || ', words ' || coalesce(string_agg(w.success || ' ' || w.state, ', '), 'none')
        FROM partners_exchange e
        LEFT JOIN partners_word w ON w.shop_id = e.shop_id AND w.exchange_id = e.id
        GROUP BY e.shop_id, e.id, e.state
        HAVING (e.state IN ('lost', 'back')) <> coalesce(bool_or(NOT w.success AND w.state <> 'dropped'), false)
            OR (e.state = 'done')
               <> (coalesce(bool_or(w.success AND w.state <> 'dropped'), false) AND e.state <> 'back')
        """,
    ),
]
