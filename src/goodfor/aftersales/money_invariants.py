"""Truths about money beyond the price."""

from goodfor.aftersales import states
from goodfor.kernel.invariants import Invariant, history_invariant

MONEY = [
    Invariant(
        name="grants_are_booked",
        room="aftersales",
        why="what buyers are owed beyond the price is what the books owe them, and each was booked and paid once",
        sql="""
        SELECT concat_ws(' ', shop_id, currency), 'owed ' || coalesce(g.owed, 0) || ', books ' || coalesce(b.owed, 0)
        FROM (SELECT shop_id, currency, sum(amount_minor) AS owed FROM aftersales_grant WHERE state = 'owed'
              GROUP BY shop_id, currency) g
        FULL JOIN (SELECT a.shop_id, a.currency, -sum(p.amount_minor) AS owed
                   FROM ledger_account a
                   JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                   WHERE a.code = '2205:compensation' GROUP BY a.shop_id, a.currency) b USING (shop_id, currency)
        WHERE coalesce(g.owed, 0) <> coalesce(b.owed, 0)
        UNION ALL
        SELECT g.id::text, 'is ' || g.state || ', booked ' || count(t.id)
        FROM aftersales_grant g
        LEFT JOIN ledger_tx t ON t.shop_id = g.shop_id AND t.reference IN ('comp:' || g.id, 'comppaid:' || g.id)
        GROUP BY g.id, g.state HAVING count(t.id) <> CASE g.state WHEN 'paid' THEN 2 ELSE 1 END
        """,
    ),
    Invariant(
        name="compensation_days_keep_their_cap",
        room="aftersales",
        why="what a day has given is the sum of its compensations, and never more than the promise allows a day",
        sql="""
        SELECT concat_ws(' ', shop_id, day, currency),
               'counted ' || coalesce(d.minor, 0) || ', given ' || coalesce(g.minor, 0)
               || ', cap ' || coalesce(d.cap_minor, 0)
        FROM aftersales_grant_day d
        FULL JOIN (SELECT shop_id, day, currency, sum(amount_minor) AS minor FROM aftersales_grant
                   WHERE day IS NOT NULL GROUP BY shop_id, day, currency) g USING (shop_id, day, currency)
        WHERE coalesce(d.minor, 0) <> coalesce(g.minor, 0) OR d.minor > d.cap_minor
        """,
    ),
    Invariant(
        name="reserve_adds_up",
        room="aftersales",
        why="the reserve is what was set aside less what compensation drew from it, and never below zero",
        sql="""
        SELECT concat_ws(' ', s.shop_id, s.currency),
               'books ' || coalesce(b.held, 0) || ', set aside ' || s.set_aside || ', drawn ' || coalesce(g.drawn, 0)
        FROM (SELECT shop_id, currency, sum(accrued_minor) AS set_aside FROM aftersales_reserve_day
              GROUP BY shop_id, currency) s
        LEFT JOIN (SELECT shop_id, currency, sum(reserve_minor) AS drawn FROM aftersales_grant
                   GROUP BY shop_id, currency) g ON g.shop_id = s.shop_id AND g.currency = s.currency
        LEFT JOIN (SELECT a.shop_id, a.currency, -sum(p.amount_minor) AS held
                   FROM ledger_account a
                   JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                   WHERE a.code LIKE '2801:reserve:%%' GROUP BY a.shop_id, a.currency) b
               ON b.shop_id = s.shop_id AND b.currency = s.currency
        WHERE coalesce(b.held, 0) <> s.set_aside - coalesce(g.drawn, 0) OR coalesce(b.held, 0) < 0
        UNION ALL
        SELECT g.id::text, 'drawn from a reserve that nothing was set aside for'
        FROM aftersales_grant g
        WHERE g.reserve_minor > 0 AND NOT EXISTS (SELECT FROM aftersales_reserve_day d
                                                  WHERE d.shop_id = g.shop_id AND d.currency = g.currency)
        """,
    ),
    Invariant(
        name="recoveries_are_booked",
        room="aftersales",
        why="what suppliers are still to make good for cases is this room's part of their claim accounts",
        sql="""
        SELECT concat_ws(' ', shop_id, account, currency), 'open ' || coalesce(r.open, 0) || ', books '
               || coalesce(b.open, 0)
        FROM (SELECT shop_id, account, currency,
                     sum(CASE WHEN state IN ('due', 'sent') THEN amount_minor - settled_minor ELSE 0 END) AS open
              FROM aftersales_recovery GROUP BY shop_id, account, currency) r
        FULL JOIN (SELECT a.shop_id, a.code AS account, a.currency, sum(p.amount_minor) AS open
                   FROM ledger_account a
                   JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                   JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
                   WHERE a.code LIKE '1221:supplier:%%' AND t.cause_type = 'aftersales.recovery'
                   GROUP BY a.shop_id, a.code, a.currency) b USING (shop_id, account, currency)
        WHERE coalesce(r.open, 0) <> coalesce(b.open, 0)
        UNION ALL
        SELECT r.id::text, 'settled ' || r.settled_minor || ', came ' || coalesce(sum(m.amount_minor), 0)
        FROM aftersales_recovery r
        LEFT JOIN aftersales_recovered m ON m.shop_id = r.shop_id AND m.recovery_id = r.id
        GROUP BY r.id, r.settled_minor HAVING r.settled_minor <> coalesce(sum(m.amount_minor), 0)
        """,
    ),
    Invariant(
        name="codes_are_recovered_once",
        room="aftersales",
        why="no supplier is asked twice for the same code",
        sql="""
        SELECT code_id::text, count(*) || ' recoveries'
        FROM aftersales_recovery r CROSS JOIN LATERAL unnest(r.code_ids) AS code_id
        GROUP BY r.shop_id, code_id HAVING count(*) > 1
        """,
    ),
    history_invariant(states.GRANT, table="aftersales_grant", room="aftersales", name="grants_moved_as_allowed"),
    history_invariant(
        states.RECOVERY, table="aftersales_recovery", room="aftersales", name="recoveries_moved_as_allowed"
    ),
]
