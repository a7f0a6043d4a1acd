"""Truths about partners."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.partners import states

INVARIANTS = [
    Invariant(
        name="partners_take_what_they_say",
        room="partners",
        why="units are gone from a wallet exactly for the numbers that were taken and have not failed, and came by those"
        " that gave some",
        sql="""
        WITH moved AS (
            SELECT shop_id, source_id, sum(units) AS units FROM loyalty_entry WHERE source_kind = 'partner' GROUP BY 1, 2
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
                     AND t.kind IN ('points_spend_elsewhere', 'points_restore_elsewhere', 'partner_sale', 'partner_back')
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
        WHERE s.state = 'taken' OR (s.odd = '' AND s.state = CASE WHEN n.success THEN 'undone' ELSE 'done' END)
        """,
    ),
    history_invariant(states.SPEND, table="partners_spend", room="partners", name="partner_spends_moved_as_allowed"),
]
