"""Truths about statements, what they list, what they book and how they are paid."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.settlement import states

ROOM = "settlement"
#: accounts.is_listed, as the database reads it; a test holds them equal.
LISTED = (
    "^(1123:supplier:[^:]+:prepaid|2202:supplier:[^:]+(:[^:]+)?:accrued|2206:(shop|brand):[^:]+:payable"
    "|2206:distributor:[^:]+)$"
)

INVARIANTS = [
    Invariant(
        name="settlement_items_are_postings",
        room=ROOM,
        why="each item is a posting of the ledger with its amount, and what parties are owed is read whole",
        sql=f"""
        SELECT i.shop_id || '/' || i.tx_id || '/' || i.seq,
               'item ' || i.amount_minor || ' of ' || i.account || ', posting '
               || coalesce(p.amount_minor || ' of ' || a.code, 'none')
        FROM settlement_item i
        LEFT JOIN ledger_posting p ON p.shop_id = i.shop_id AND p.tx_id = i.tx_id AND p.seq = i.seq AND p.layer = 0
        LEFT JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = i.shop_id
        WHERE (a.code, a.currency, CASE a.type WHEN 'asset' THEN p.amount_minor ELSE -p.amount_minor END)
              IS DISTINCT FROM (i.account, i.currency, i.amount_minor)
        UNION ALL
        SELECT p.shop_id || '/' || p.tx_id || '/' || p.seq, a.code || ' not read'
        FROM settlement_feed f
        JOIN ledger_account a ON a.shop_id = f.shop_id AND a.code ~ '{LISTED}'
        JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
        JOIN ledger_tx t ON t.id = p.tx_id AND t.shop_id = p.shop_id
        WHERE t.recorded_at < f.read_at - interval '10 minutes' AND t.kind NOT LIKE 'settlement.statement%%'
          AND NOT EXISTS (SELECT FROM settlement_item i
                          WHERE i.shop_id = p.shop_id AND i.tx_id = p.tx_id AND i.seq = p.seq)
        """,  # noqa: S608
    ),
    Invariant(
        name="settlement_statements_are_whole",
        room=ROOM,
        why="a statement's lines are what it was made of, and nothing stands on two statements",
        sql="""
        SELECT s.id::text, s.number || ' says ' || s.item_count || ' items, ' || s.items_minor || ', has ' || g.n
               || ', ' || coalesce(g.total, 0)
        FROM settlement_statement s
        CROSS JOIN LATERAL (
            SELECT count(*) AS n, sum(l.amount_minor) AS total FROM settlement_line l
            WHERE l.shop_id = s.shop_id AND l.statement_id = s.id) g
        CROSS JOIN LATERAL (
            SELECT sha256(string_agg(c.hash, '' ORDER BY c.number)) AS hash
            FROM (SELECT l.tx_id / 10000 AS number,
                         sha256(convert_to(string_agg(l.tx_id || ':' || l.seq || ':' || l.amount_minor, ','
                                                      ORDER BY l.tx_id, l.seq), 'UTF8')) AS hash
                  FROM settlement_line l WHERE l.shop_id = s.shop_id AND l.statement_id = s.id
                  GROUP BY l.tx_id / 10000) c) h
        WHERE s.item_count <> g.n OR s.items_minor <> coalesce(g.total, 0) OR s.content_hash IS DISTINCT FROM h.hash
        UNION ALL
        SELECT i.shop_id || '/' || i.tx_id || '/' || i.seq, 'stands on a statement that does not list it'
        FROM settlement_item i
        LEFT JOIN settlement_line l ON l.shop_id = i.shop_id AND l.statement_id = i.statement_id AND l.tx_id = i.tx_id
             AND l.seq = i.seq
        LEFT JOIN settlement_statement s ON s.shop_id = i.shop_id AND s.id = i.statement_id
        WHERE i.statement_id IS NOT NULL
          AND (l.amount_minor IS DISTINCT FROM i.amount_minor OR s.id IS NULL OR s.state = 'rejected')
        UNION ALL
        SELECT l.shop_id || '/' || l.tx_id || '/' || l.seq, 'listed by ' || s.number || ', stands elsewhere'
        FROM settlement_line l
        JOIN settlement_statement s ON s.shop_id = l.shop_id AND s.id = l.statement_id AND s.state <> 'rejected'
        LEFT JOIN settlement_item i ON i.shop_id = l.shop_id AND i.tx_id = l.tx_id AND i.seq = l.seq
        WHERE i.statement_id IS DISTINCT FROM l.statement_id
        """,
    ),
    Invariant(
        name="settlement_statements_are_booked",
        room=ROOM,
        why="the account of a statement holds what is still owed on it, to the fen",
        sql="""
        WITH said AS (
            SELECT s.shop_id, s.currency, s.number,
                   CASE s.party_kind WHEN 'supplier' THEN '2202' ELSE '2206' END || ':' || s.party_kind || ':'
                   || s.party_code || ':statement:' || s.number AS account,
                   CASE WHEN s.confirmation OR s.state IN ('paying', 'paid', 'rejected') OR s.carried_to IS NOT NULL
                        THEN 0 ELSE s.payable_minor END AS owed
            FROM settlement_statement s
        ), booked AS (
            SELECT a.shop_id, a.currency, a.code AS account, -sum(p.amount_minor) AS owed
            FROM ledger_account a
            JOIN ledger_posting p ON p.account_id = a.id AND p.shop_id = a.shop_id AND p.layer = 0
            WHERE a.code LIKE '220%%:statement:%%'
            GROUP BY a.shop_id, a.currency, a.code
        )
        SELECT coalesce(s.number, b.account), 'owed ' || coalesce(s.owed, 0) || ', books ' || coalesce(b.owed, 0)
        FROM said s FULL JOIN booked b USING (shop_id, currency, account)
        WHERE coalesce(s.owed, 0) <> coalesce(b.owed, 0)
        """,
    ),
    Invariant(
        name="settlement_payouts_fit_their_statements",
        room=ROOM,
        why="a statement is paid once, with what is owed on it, and each payout is booked as it ended",
        sql="""
        SELECT coalesce(s.number, p.number), 'statement ' || coalesce(s.state, 'none') || ', payout '
               || coalesce(p.state, 'none')
        FROM settlement_statement s
        FULL JOIN (SELECT * FROM settlement_payout WHERE state <> 'failed') p
               ON p.shop_id = s.shop_id AND p.statement_id = s.id
        WHERE s.id IS NULL
           OR CASE s.state WHEN 'paid' THEN p.state IS DISTINCT FROM 'succeeded'
                           WHEN 'paying' THEN p.state IS NULL OR p.state = 'succeeded'
                           ELSE p.id IS NOT NULL END
           OR p.amount_minor <> s.payable_minor
        UNION ALL
        SELECT p.number, p.state || ', not booked so'
        FROM settlement_payout p
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE t.reference = 'payout:' || p.number) AS began,
                   count(*) FILTER (WHERE t.reference = 'payout:' || p.number || ':paid') AS paid,
                   count(*) FILTER (WHERE t.reference = 'payout:' || p.number || ':failed') AS failed
            FROM ledger_tx t
            WHERE t.shop_id = p.shop_id AND t.reference IN ('payout:' || p.number, 'payout:' || p.number || ':paid',
                                                            'payout:' || p.number || ':failed')) b
        WHERE b.began <> 1 OR b.paid <> (p.state = 'succeeded')::integer OR b.failed <> (p.state = 'failed')::integer
        """,
    ),
    Invariant(
        name="settlement_approved_by_enough",
        room=ROOM,
        why="nothing is paid, or closed, without the approval of as many persons as it needed",
        sql="""
        SELECT s.id::text, s.number || ' ' || s.state || ', approved by ' || count(a.actor) || ' of '
               || s.approvals_needed
        FROM settlement_statement s
        LEFT JOIN settlement_approval a ON a.shop_id = s.shop_id AND a.statement_id = s.id AND a.round = s.round
             AND a.bank_changed_at IS NOT DISTINCT FROM s.bank_changed_at
        WHERE s.state IN ('approved', 'paying', 'paid', 'closed')
        GROUP BY s.id, s.number, s.state, s.approvals_needed HAVING count(a.actor) < s.approvals_needed
        """,
    ),
    history_invariant(
        states.STATEMENT, table="settlement_statement", room=ROOM, name="settlement_statements_moved_as_allowed"
    ),
    history_invariant(states.PAYOUT, table="settlement_payout", room=ROOM, name="settlement_payouts_moved_as_allowed"),
]
