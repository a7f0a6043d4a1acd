"""Truths about companies, what they gave and what became of it."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.welfare import states

INVARIANTS = [
    Invariant(
        name="welfare_prepaid_is_booked",
        room="welfare",
        why="what the books owe a company is what it prepaid, less what was granted, and what of that came back to it",
        sql="""
        SELECT coalesce(c.id::text, b.id), 'prepaid ' || coalesce(c.minor, 0) || ', books ' || coalesce(b.minor, 0)
        FROM (SELECT shop_id, id, sum(minor) AS minor
              FROM (SELECT shop_id, company_id AS id, minor FROM welfare_prepayment
                    UNION ALL
                    SELECT shop_id, company_id, -given_minor FROM welfare_grant
                    UNION ALL
                    SELECT w.shop_id, w.scope, -e.minor
                    FROM loyalty_wallet w JOIN loyalty_entry e ON e.shop_id = w.shop_id AND e.wallet_id = w.id
                    WHERE w.kind = 'welfare' AND e.kind IN ('expire', 'clawback', 'adjust')) m
              GROUP BY shop_id, id) c
        FULL JOIN (SELECT a.shop_id, split_part(a.code, ':', 3) AS id, -sum(p.amount_minor) AS minor
                   FROM ledger_account a
                   JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                   WHERE a.code LIKE '2203:welfare:%%' GROUP BY 1, 2) b
             ON b.shop_id = c.shop_id AND b.id = c.id::text
        WHERE coalesce(c.minor, 0) <> coalesce(b.minor, 0)
        """,
    ),
    Invariant(
        name="welfare_grants_are_held",
        room="welfare",
        why="what grants say they gave is what wallets received, from each grant, by each of its employees once",
        sql="""
        SELECT coalesce(g.id, e.id)::text, 'given ' || coalesce(g.minor, 0) || ' to ' || coalesce(g.given, 0)
               || ', received ' || coalesce(e.minor, 0) || ' by ' || coalesce(e.n, 0)
        FROM (SELECT shop_id, id, given, given_minor AS minor FROM welfare_grant WHERE given > 0) g
        FULL JOIN (SELECT e.shop_id, e.source_id::uuid AS id, sum(e.units) AS minor, count(*) AS n
                   FROM loyalty_entry e WHERE e.source_kind = 'welfare_grant' GROUP BY 1, 2) e
             ON e.shop_id = g.shop_id AND e.id = g.id
        WHERE g.minor IS DISTINCT FROM e.minor OR g.given IS DISTINCT FROM e.n::integer
        UNION ALL
        SELECT g.id::text, 'lines ' || coalesce(l.n, 0) || ' of ' || g.lines || ', walked ' || coalesce(l.walked, 0)
               || ' of ' || g.walked
        FROM welfare_grant g
        LEFT JOIN (SELECT shop_id, grant_id, count(*) AS n, count(given) AS walked, sum(minor) AS minor,
                          count(*) FILTER (WHERE given) AS given
                   FROM welfare_grant_line GROUP BY 1, 2) l ON l.shop_id = g.shop_id AND l.grant_id = g.id
        WHERE coalesce(l.n, 0) <> g.lines OR coalesce(l.walked, 0) <> g.walked OR coalesce(l.minor, 0) <> g.total_minor
           OR coalesce(l.given, 0) <> g.given
        """,
    ),
    Invariant(
        name="welfare_uses_are_spent",
        room="welfare",
        why="what orders took from employees by their company's word is what left their wallets, for the same order",
        sql="""
        SELECT coalesce(u.order_id, e.order_id)::text, 'used ' || coalesce(u.units, 0) || ', spent '
               || coalesce(-e.units, 0)
        FROM welfare_use u
        FULL JOIN (SELECT e.shop_id, e.order_id, e.units, w.owner, w.scope FROM loyalty_wallet w
                   JOIN loyalty_entry e ON e.shop_id = w.shop_id AND e.wallet_id = w.id AND e.kind = 'spend'
                   WHERE w.kind = 'welfare') e ON e.shop_id = u.shop_id AND e.order_id = u.order_id
        WHERE u.units IS DISTINCT FROM -e.units OR u.employee_id IS DISTINCT FROM e.owner
           OR u.company_id IS DISTINCT FROM e.scope
        UNION ALL
        SELECT u.order_id::text, 'came back ' || u.back || ', restored ' || coalesce(sum(e.units), 0)
        FROM welfare_use u
        LEFT JOIN loyalty_entry e ON e.shop_id = u.shop_id AND e.order_id = u.order_id AND e.kind = 'restore'
             AND e.wallet_id IN (SELECT w.id FROM loyalty_wallet w
                                 WHERE w.shop_id = u.shop_id AND w.kind = 'welfare' AND w.owner = u.employee_id)
        GROUP BY u.id, u.order_id, u.back HAVING u.back <> coalesce(sum(e.units), 0)
        """,
    ),
    Invariant(
        name="welfare_budgets_are_guarded",
        room="welfare",
        why="a company's account in the books cannot fall below zero, and grants under way are covered by it",
        sql="""
        SELECT c.id::text, CASE WHEN a.id IS NULL THEN 'no account' ELSE 'not guarded' END
        FROM welfare_company c
        LEFT JOIN ledger_account a
             ON a.shop_id = c.shop_id AND a.code = '2203:welfare:' || c.id AND a.currency = c.currency
        WHERE a.id IS NULL OR NOT a.guarded
        UNION ALL
        SELECT g.company_id::text, 'promised ' || g.minor || ', booked ' || coalesce(b.minor, 0)
        FROM (SELECT shop_id, company_id, sum(total_minor - given_minor - passed_minor) AS minor
              FROM welfare_grant WHERE state = 'running' GROUP BY 1, 2) g
        LEFT JOIN (SELECT a.shop_id, a.code, -sum(p.amount_minor) AS minor
                   FROM ledger_account a
                   JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
                   WHERE a.code LIKE '2203:welfare:%%' GROUP BY 1, 2) b
             ON b.shop_id = g.shop_id AND b.code = '2203:welfare:' || g.company_id
        WHERE g.minor > coalesce(b.minor, 0)
        """,
    ),
    history_invariant(
        states.COMPANY, table="welfare_company", room="welfare", name="welfare_companies_moved_as_allowed"
    ),
    history_invariant(states.PERSON, table="welfare_person", room="welfare", name="welfare_people_moved_as_allowed"),
    history_invariant(
        states.EMPLOYEE, table="welfare_employee", room="welfare", name="welfare_employees_moved_as_allowed"
    ),
    history_invariant(states.GRANT, table="welfare_grant", room="welfare", name="welfare_grants_moved_as_allowed"),
    history_invariant(
        states.INVOICE, table="welfare_invoice", room="welfare", name="welfare_invoices_moved_as_allowed"
    ),
]
