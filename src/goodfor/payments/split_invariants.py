"""Truths about splits: shares, what came back of them, and what the ledger says. Part of `invariants`."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.payments import states

SPLITS = [
    Invariant(
        name="shares_equal_what_was_reserved",
        room="payments",
        why="what a pot says was shared is the sum of its shares that did not fail; so it is of a share and returns",
        sql="""
        SELECT p.payment_id::text, 'pot says ' || p.shared_minor || ', shares ' || coalesce(sum(s.amount_minor), 0)
        FROM payments_pot p
        LEFT JOIN payments_split_share s
               ON s.shop_id = p.shop_id AND s.payment_id = p.payment_id AND s.state <> 'failed'
        GROUP BY p.payment_id, p.shared_minor
        HAVING p.shared_minor <> coalesce(sum(s.amount_minor), 0)
        UNION ALL
        SELECT s.id::text, 'share says ' || s.returned_minor || ', returns ' || coalesce(sum(r.amount_minor), 0)
        FROM payments_split_share s
        LEFT JOIN payments_split_return r ON r.shop_id = s.shop_id AND r.share_id = s.id AND r.state <> 'failed'
        GROUP BY s.id, s.returned_minor
        HAVING s.returned_minor <> coalesce(sum(r.amount_minor), 0)
        """,
    ),
    Invariant(
        name="ledger_equals_splits",
        room="payments",
        why="every share that a receiver has and every return of one is in the ledger with its amount",
        sql="""
        WITH said AS (
            SELECT shop_id, 'split:' || id AS reference, amount_minor * 2 AS amount
            FROM payments_split_share WHERE state = 'succeeded'
            UNION ALL
            SELECT shop_id, 'splitback:' || id, amount_minor * 2 FROM payments_split_return WHERE state = 'succeeded'
        ), booked AS (
            SELECT t.shop_id, t.reference, (SELECT sum(g.amount_minor) FROM ledger_posting g
                                            WHERE g.tx_id = t.id AND g.amount_minor > 0 AND g.layer = 0) AS amount
            FROM ledger_tx t WHERE t.kind IN ('split', 'split_return') AND t.reverses_tx IS NULL
        )
        SELECT coalesce(s.reference, b.reference), 'payments say ' || coalesce(s.amount::text, 'nothing')
               || ', ledger ' || coalesce(b.amount::text, 'nothing')
        FROM said s FULL JOIN booked b ON b.shop_id = s.shop_id AND b.reference = s.reference
        WHERE s.amount IS DISTINCT FROM b.amount
        """,
    ),
    Invariant(
        name="frozen_money_is_in_pots",
        room="payments",
        why="what the ledger calls frozen at a channel is what its pots hold",
        sql="""
        WITH pots AS (
            SELECT shop_id, '1012:channel:' || provider || ':' || account_code || ':frozen' AS code, currency,
                   sum(frozen_minor) AS amount
            FROM payments_pot WHERE state = 'frozen' GROUP BY 1, 2, 3
        ), booked AS (
            SELECT a.shop_id, a.code, a.currency, sum(g.amount_minor) AS amount
            FROM ledger_account a JOIN ledger_posting g ON g.account_id = a.id AND g.layer = 0
            WHERE a.code LIKE '1012:channel:%%:frozen' GROUP BY 1, 2, 3
        )
        SELECT coalesce(p.code, b.code), 'pots ' || coalesce(p.amount, 0) || ', ledger ' || coalesce(b.amount, 0)
        FROM pots p FULL JOIN booked b ON b.shop_id = p.shop_id AND b.code = p.code AND b.currency = p.currency
        WHERE coalesce(p.amount, 0) <> coalesce(b.amount, 0)
        """,
    ),
    Invariant(
        name="frozen_money_is_shared_out_in_time",
        room="payments",
        why="what is frozen is shared out or given free before the channel does it by itself, or is a case",
        sql="""
        SELECT p.payment_id::text, 'frozen since ' || p.created_at FROM payments_pot p
        WHERE p.state = 'frozen' AND p.release_by < %(now)s - interval '1 day'
          AND NOT EXISTS (SELECT FROM payments_case k WHERE k.shop_id = p.shop_id AND k.payment_id = p.payment_id
                          AND k.state = 'open')
        """,
    ),
    history_invariant(states.SPLIT, table="payments_split", room="payments", name="split_history_leads_to_its_state"),
    history_invariant(
        states.SPLIT_RETURN, table="payments_split_return", room="payments", name="return_history_leads_to_its_state"
    ),
]
