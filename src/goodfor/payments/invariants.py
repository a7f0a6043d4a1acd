"""Truths about payments, refunds and what the ledger says of them."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.payments import states
from goodfor.payments.mandate_invariants import MANDATES
from goodfor.payments.split_invariants import SPLITS

INVARIANTS = [
    Invariant(
        name="payment_facts_applied_once",
        room="payments",
        why="each payment of a channel is applied exactly once, and a succeeded payment has its fact",
        sql="""
        SELECT p.id::text, 'captured ' || p.captured_minor || ', facts ' || coalesce(sum(f.amount_minor), 0)
        FROM payments_payment p
        LEFT JOIN payments_fact f ON f.shop_id = p.shop_id AND f.payment_id = p.id AND f.kind = 'paid'
             AND f.applied_at IS NOT NULL
             AND f.outcome IN ('confirmed', 'late', 'duplicate_payment', 'underpaid', 'overpaid')
        GROUP BY p.id, p.captured_minor
        HAVING p.captured_minor <> coalesce(sum(f.amount_minor), 0)
        """,
    ),
    Invariant(
        name="payment_facts_not_forgotten",
        room="payments",
        why="what a channel said is applied within a minute",
        sql="""
        SELECT id::text, our_ref || ' known since ' || recorded_at FROM payments_fact
        WHERE applied_at IS NULL AND kind = 'paid' AND recorded_at < %(now)s - interval '1 minute'
        """,
    ),
    Invariant(
        name="one_payment_settles",
        room="payments",
        why="a source is settled by one payment; what came besides is refunded, going back or a case",
        sql="""
        SELECT p.id::text, 'unsettled money ' || (p.captured_minor - p.refunded_minor)
        FROM payments_payment p
        WHERE p.settles IS NOT TRUE AND p.captured_minor > p.refunded_minor
          AND coalesce(p.succeeded_at, p.closed_at) < %(now)s - interval '1 minute'
          AND NOT EXISTS (SELECT 1 FROM payments_case k
                          WHERE k.shop_id = p.shop_id AND k.payment_id = p.id
                            -- An attempt that failed: a person may have decided to keep the money.
                            AND (k.state = 'open' OR p.state <> 'succeeded'))
        """,
    ),
    Invariant(
        name="refunds_equal_what_was_reserved",
        room="payments",
        why="what a payment says went back is the sum of its refunds that did not fail, and never more than came",
        sql="""
        SELECT p.id::text, 'says ' || p.refunded_minor || ', refunds ' || coalesce(sum(r.amount_minor), 0)
        FROM payments_payment p
        LEFT JOIN payments_refund r ON r.shop_id = p.shop_id AND r.payment_id = p.id AND r.state <> 'failed'
        GROUP BY p.id, p.refunded_minor, p.captured_minor
        HAVING p.refunded_minor <> coalesce(sum(r.amount_minor), 0) OR p.refunded_minor > p.captured_minor
        """,
    ),
    Invariant(
        name="ledger_equals_payments",
        room="payments",
        why="every applied payment and every finished refund is in the ledger with its amount, and nothing else is",
        sql="""
        WITH said AS (
            SELECT f.shop_id, f.posting_ref AS reference, f.amount_minor AS amount, false AS fresh
            FROM payments_fact f
            WHERE f.kind = 'paid' AND f.applied_at IS NOT NULL
            UNION ALL
            -- Booked by the listener of RefundSucceeded, a moment after.
            SELECT r.shop_id, 'refundok:' || r.id, r.amount_minor, r.finished_at > %(now)s - interval '1 minute'
            FROM payments_refund r WHERE r.state = 'succeeded'
        ), booked AS (
            SELECT t.shop_id, t.reference, (SELECT sum(g.amount_minor) FROM ledger_posting g
                                            WHERE g.tx_id = t.id AND g.amount_minor > 0 AND g.layer = 0) AS amount
            FROM ledger_tx t WHERE t.kind IN ('payment', 'refund_paid') AND t.reverses_tx IS NULL
        )
        SELECT coalesce(s.reference, b.reference), 'payments say ' || coalesce(s.amount::text, 'nothing')
               || ', ledger ' || coalesce(b.amount::text, 'nothing')
        FROM said s FULL JOIN booked b ON b.shop_id = s.shop_id AND b.reference = s.reference
        WHERE s.amount IS DISTINCT FROM b.amount
          AND NOT (b.reference IS NULL AND s.fresh)
        """,
    ),
    history_invariant(
        states.PAYMENT,
        table="payments_payment",
        room="payments",
        name="payment_history_leads_to_its_state",
        # What is taken from a balance is paid from its first moment.
        born="CASE s.provider WHEN 'balance' THEN 'succeeded' ELSE 'created' END",
    ),
    history_invariant(
        states.REFUND, table="payments_refund", room="payments", name="refund_history_leads_to_its_state"
    ),
    *SPLITS,
    *MANDATES,
]
