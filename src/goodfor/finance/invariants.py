"""Truths about whose money it is. What was posted a moment ago is not asked about: it is read behind a cursor."""

from goodfor.kernel.invariants import Invariant

ROOM = "finance"
#: Below this transaction id the books were read.
_READ = "(SELECT coalesce(max(upto_xid), 0)::text::xid8 FROM finance_cursor WHERE name = 'orders')"

FOLLOWED = Invariant(
    "finance_deliveries_have_their_rules",
    ROOM,
    "every delivery that the books were read up to was told apart, by contract, VAT and shares, or is noted as stuck",
    f"""
    SELECT t.cause_id::text, t.reference || ' was read and not answered'
    FROM ledger_tx t
    WHERE t.kind = 'delivery' AND t.cause_type = 'orders.order' AND t.xid < {_READ}
      AND NOT EXISTS (SELECT FROM finance_step s WHERE s.shop_id = t.shop_id AND s.order_id = t.cause_id
                      AND s.kind = 'deliver')
      AND NOT EXISTS (SELECT FROM finance_stuck k WHERE k.shop_id = t.shop_id AND k.order_id = t.cause_id)
      AND EXISTS (SELECT FROM orders_order o WHERE o.shop_id = t.shop_id AND o.id = t.cause_id)
    """,  # noqa: S608
)
REFUNDS = Invariant(
    "finance_refunds_are_shared",
    ROOM,
    "what the parts of an order gave back is what was refunded of it by the steps that answered, and no more",
    """
    SELECT s.order_id::text, 'parts gave back ' || s.back || ', steps say ' || coalesce(t.back, 0)
    FROM (SELECT shop_id, order_id, sum(refunded_minor) AS back FROM finance_sold GROUP BY 1, 2) s
    LEFT JOIN (SELECT shop_id, order_id, sum(amount_minor) AS back FROM finance_step WHERE kind = 'refund'
               GROUP BY 1, 2) t USING (shop_id, order_id)
    WHERE s.back <> coalesce(t.back, 0)
    """,
)
SHARES = Invariant(
    "finance_shares_are_booked",
    ROOM,
    "what parties have of a line is what was posted to their accounts for it: nobody is paid twice",
    """
    WITH has AS (
        SELECT shop_id, order_line_id, account, sum(amount_minor - reversed_minor) AS left_minor
        FROM finance_share GROUP BY 1, 2, 3
    ), posted AS (
        SELECT p.shop_id, p.order_line_id, a.code AS account, -sum(p.amount_minor) AS left_minor
        FROM ledger_tx t
        JOIN ledger_posting p ON p.shop_id = t.shop_id AND p.tx_id = t.id
        JOIN ledger_account a ON a.id = p.account_id AND a.code <> '6601:commission'
        WHERE t.kind IN ('finance.shares', 'finance.unshared', 'finance.reshared')
        GROUP BY 1, 2, 3
    )
    SELECT order_line_id::text, account || ' has ' || coalesce(h.left_minor, 0) || ', posted '
           || coalesce(p.left_minor, 0)
    FROM has h FULL JOIN posted p USING (shop_id, order_line_id, account)
    WHERE coalesce(h.left_minor, 0) <> coalesce(p.left_minor, 0)
    """,
)
LIMITED = Invariant(
    "finance_shares_within_the_price",
    ROOM,
    "the shares of a line are never more than its price without VAT, nor have they given back more than it has",
    """
    SELECT h.order_line_id::text, 'shares ' || h.amount || ' of ' || s.net || ', back ' || h.back || ' of ' || s.back
    FROM (SELECT shop_id, order_line_id, sum(amount_minor) AS amount, sum(reversed_minor) AS back
          FROM finance_share WHERE superseded_at IS NULL GROUP BY 1, 2) h
    JOIN (SELECT shop_id, order_line_id, sum(gross_minor - vat_minor) AS net, sum(refunded_minor) AS back,
                 sum(gross_minor) AS gross
          FROM finance_sold GROUP BY 1, 2) s USING (shop_id, order_line_id)
    WHERE h.amount > s.net OR h.back > s.back OR s.back = s.gross AND h.back <> h.amount
    """,
)
TAXES = Invariant(
    "finance_vat_is_booked",
    ROOM,
    "VAT of an order in the books is that of its parts, less what they gave back",
    """
    WITH has AS (
        SELECT shop_id, order_id, sum(vat_minor - vat_back_minor) AS output,
               sum(input_minor - input_back_minor) AS input
        FROM finance_sold GROUP BY 1, 2
    ), posted AS (
        SELECT p.shop_id, p.order_id,
               -coalesce(sum(p.amount_minor) FILTER (WHERE a.code = '2221:vat:output'), 0) AS output,
               coalesce(sum(p.amount_minor) FILTER (WHERE a.code = '2221:vat:input'), 0) AS input
        FROM ledger_tx t
        JOIN ledger_posting p ON p.shop_id = t.shop_id AND p.tx_id = t.id
        JOIN ledger_account a ON a.id = p.account_id
        WHERE t.kind IN ('finance.delivered', 'finance.refunded', 'finance.taken_back')
        GROUP BY 1, 2
    )
    SELECT order_id::text, 'output ' || coalesce(h.output, 0) || ' posted ' || coalesce(p.output, 0) || ', input '
           || coalesce(h.input, 0) || ' posted ' || coalesce(p.input, 0)
    FROM has h FULL JOIN posted p USING (shop_id, order_id)
    WHERE coalesce(h.output, 0) <> coalesce(p.output, 0) OR coalesce(h.input, 0) <> coalesce(p.input, 0)
    """,
)
PROFIT = Invariant(
    "finance_profit_is_postings",
    ROOM,
    "what an order earned is the sum of its postings to income and expense, as far as the books were read",
    f"""
    SELECT o.order_id::text, 'kept ' || o.profit_minor || ', posted ' || s.profit
    FROM finance_order o
    JOIN LATERAL (
        SELECT -coalesce(sum(p.amount_minor) FILTER (WHERE a.type IN ('income', 'expense')), 0) AS profit,
               max(p.xid) AS latest
        FROM ledger_posting p
        JOIN ledger_account a ON a.id = p.account_id AND a.shop_id = p.shop_id
        WHERE p.order_id = o.order_id AND p.shop_id = o.shop_id AND p.layer = 0) s ON true
    WHERE s.latest < {_READ} AND s.profit <> o.profit_minor
      AND NOT EXISTS (SELECT FROM finance_stuck k WHERE k.order_id = o.order_id)
    """,  # noqa: S608
)
BILLS = Invariant(
    "finance_fees_add_up",
    ROOM,
    "the fees of a bill add up to the bill's own sum, rounded, and what is marked as booked is in the books",
    """
    SELECT b.bill_id::text, 'bill ' || b.amount_minor || ', lines ' || coalesce(f.amount, 0) || ', booked '
           || coalesce(f.booked, 0) || ', posted ' || coalesce(p.amount, 0)
    FROM finance_fee_bill b
    LEFT JOIN (SELECT bill_id, sum(amount_minor) AS amount,
                      sum(amount_minor) FILTER (WHERE booked_at IS NOT NULL) AS booked
               FROM finance_fee GROUP BY 1) f USING (bill_id)
    LEFT JOIN (SELECT t.cause_id AS bill_id, -sum(p.amount_minor) AS amount
               FROM ledger_tx t
               JOIN ledger_posting p ON p.shop_id = t.shop_id AND p.tx_id = t.id
               JOIN ledger_account a ON a.id = p.account_id AND a.code LIKE '1012:channel:%%'
               WHERE t.kind = 'finance.fee' GROUP BY 1) p USING (bill_id)
    WHERE b.amount_minor <> coalesce(f.amount, 0) OR coalesce(f.booked, 0) <> coalesce(p.amount, 0)
       OR b.booked_at IS NOT NULL AND coalesce(f.booked, 0) <> b.amount_minor
    """,
)
STUCK = Invariant(
    "finance_nothing_is_stuck",
    ROOM,
    "an order whose money cannot be told apart for an hour needs a person",
    """
    SELECT s.order_id::text, s.problem || ', ' || s.tries || ' tries since ' || s.since
    FROM finance_stuck s WHERE s.since < %(now)s - interval '1 hour'
    """,
)
ERRANDS = Invariant(
    "finance_errands_get_on",
    ROOM,
    "a bill whose fees, or an agreement whose differences, cannot be booked for an hour needs a person",
    """
    SELECT s.subject_id::text, s.kind || ': ' || s.problem || ', ' || s.tries || ' tries since ' || s.since
    FROM finance_stuck_errand s WHERE s.since < %(now)s - interval '1 hour'
    """,
)
SPLITS = Invariant(
    "finance_splits_are_counted_once",
    ROOM,
    "what a channel gave to a party's receiver pays the party's share of the order: no expense is there twice",
    f"""
    WITH given AS (
        SELECT p.shop_id, p.order_id, r.code, sum(p.amount_minor) AS amount
        FROM ledger_tx t
        JOIN ledger_posting p ON p.shop_id = t.shop_id AND p.tx_id = t.id AND p.order_id IS NOT NULL
        JOIN ledger_account a ON a.id = p.account_id AND a.code = '6601:commission'
        CROSS JOIN LATERAL (
            SELECT b.code FROM ledger_posting q JOIN ledger_account b ON b.id = q.account_id
            WHERE q.shop_id = t.shop_id AND q.tx_id = t.id AND b.code LIKE '2206:distributor:%%' LIMIT 1) r
        WHERE t.kind IN ('split', 'split_return') GROUP BY 1, 2, 3
    ), wanted AS (
        SELECT g.shop_id, g.order_id, y.id AS party_id,
               least(greatest(g.amount, 0), coalesce(sum(s.amount_minor - s.reversed_minor), 0)) AS amount
        FROM given g
        JOIN finance_party y ON y.shop_id = g.shop_id
             AND g.code = '2206:distributor:' || replace(y.receiver_id::text, '-', '')
        LEFT JOIN finance_share s ON s.shop_id = g.shop_id AND s.order_id = g.order_id AND s.party_id = y.id
             AND s.superseded_at IS NULL
        GROUP BY g.shop_id, g.order_id, y.id, g.amount
    ), booked AS (
        SELECT p.shop_id, p.order_id, p.party_id, sum(p.amount_minor) AS amount
        FROM ledger_tx t
        JOIN ledger_posting p ON p.shop_id = t.shop_id AND p.tx_id = t.id
        JOIN ledger_account a ON a.id = p.account_id AND a.type = 'liability'
        WHERE t.kind = 'finance.split_paid' GROUP BY 1, 2, 3
    )
    SELECT x.order_id::text, 'paid by split ' || x.wanted || ', booked ' || x.booked
    FROM (SELECT shop_id, order_id, coalesce(w.amount, 0) AS wanted, coalesce(b.amount, 0) AS booked
          FROM wanted w FULL JOIN booked b USING (shop_id, order_id, party_id)) x
    WHERE x.wanted <> x.booked
      AND NOT EXISTS (SELECT FROM ledger_posting p WHERE p.shop_id = x.shop_id AND p.order_id = x.order_id
                      AND p.xid >= {_READ})
      AND NOT EXISTS (SELECT FROM finance_stuck k WHERE k.shop_id = x.shop_id AND k.order_id = x.order_id)
    """,  # noqa: S608
)

INVARIANTS = [FOLLOWED, REFUNDS, SHARES, LIMITED, TAXES, PROFIT, BILLS, STUCK, ERRANDS, SPLITS]
