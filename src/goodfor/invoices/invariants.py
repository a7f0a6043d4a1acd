"""Truths about invoices, what stands on them and what was taken back."""

from goodfor.invoices import states
from goodfor.kernel.invariants import Invariant, history_invariant

ROOM = "invoices"

INVARIANTS = [
    Invariant(
        name="invoices_are_their_lines",
        room=ROOM,
        why="an invoice says what its lines say, with and without tax, and so does what was taken back of it",
        sql="""
        SELECT i.number, 'says ' || i.total_minor || ', ' || i.tax_minor || ', back ' || i.reversed_minor
               || '; lines ' || coalesce(l.total, 0) || ', ' || coalesce(l.tax, 0) || ', back ' || coalesce(l.back, 0)
        FROM invoices_invoice i
        CROSS JOIN LATERAL (
            SELECT sum(l.amount_minor) AS total, sum(l.tax_minor) AS tax, sum(l.reversed_minor) AS back,
                   sum(l.tax_reversed_minor) AS tax_back
            FROM invoices_line l WHERE l.shop_id = i.shop_id AND l.invoice_id = i.id) l
        WHERE (i.total_minor, i.tax_minor, i.reversed_minor, i.tax_reversed_minor)
              IS DISTINCT FROM (l.total, l.tax, l.back, l.tax_back)
        """,
    ),
    Invariant(
        name="invoices_are_taken_back_by_red_letters",
        room=ROOM,
        why="what was taken back of an invoice is what its issued red letters say, and no red letter is alone",
        sql="""
        SELECT b.number, 'back ' || b.reversed_minor || ', ' || b.tax_reversed_minor || '; red letters '
               || coalesce(r.total, 0) || ', ' || coalesce(r.tax, 0)
        FROM invoices_invoice b
        CROSS JOIN LATERAL (
            SELECT sum(r.total_minor) AS total, sum(r.tax_minor) AS tax FROM invoices_invoice r
            WHERE r.shop_id = b.shop_id AND r.blue_id = b.id AND r.state = 'issued') r
        WHERE b.kind = 'blue'
          AND (b.reversed_minor, b.tax_reversed_minor) IS DISTINCT FROM (coalesce(r.total, 0), coalesce(r.tax, 0))
        UNION ALL
        SELECT r.number, 'a red letter of no issued invoice of its order'
        FROM invoices_invoice r
        LEFT JOIN invoices_invoice b ON b.shop_id = r.shop_id AND b.id = r.blue_id AND b.order_id = r.order_id
             AND b.kind = 'blue' AND b.paper = r.paper AND b.currency = r.currency AND b.issued_at IS NOT NULL
        WHERE r.kind = 'red' AND b.id IS NULL
        """,
    ),
    Invariant(
        name="invoices_say_no_more_than_was_paid",
        room=ROOM,
        why="what is invoiced of an order line is never more than what was delivered of it",
        sql="""
        SELECT l.order_line_id::text, 'invoiced ' || l.amount || ', delivered ' || coalesce(s.gross, 0)
        FROM (SELECT l.shop_id, l.order_line_id, sum(l.amount_minor - l.reversed_minor) AS amount
              FROM invoices_invoice i
              JOIN invoices_line l ON l.shop_id = i.shop_id AND l.invoice_id = i.id
              WHERE i.kind = 'blue' AND i.state IN ('requested', 'issuing', 'unknown', 'issued')
              GROUP BY l.shop_id, l.order_line_id) l
        LEFT JOIN LATERAL (
            SELECT sum(s.gross_minor - s.passed_minor) AS gross FROM finance_sold s
            WHERE s.shop_id = l.shop_id AND s.order_line_id = l.order_line_id) s ON true
        WHERE l.amount > coalesce(s.gross, 0)
        """,
    ),
    Invariant(
        name="refunds_have_red_letters",
        room=ROOM,
        why="an hour after a price went back no issued invoice says more than what is left, but where a person has it",
        sql="""
        SELECT i.number, 'still says ' || l.amount || ', left ' || s.net
        FROM invoices_invoice i
        CROSS JOIN LATERAL (
            SELECT sum(l.amount_minor - l.reversed_minor) AS amount FROM invoices_line l
            WHERE l.shop_id = i.shop_id AND l.invoice_id = i.id) l
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(s.gross_minor - s.refunded_minor - s.passed_minor + s.passed_back_minor), 0) AS net
            FROM finance_sold s
            WHERE s.shop_id = i.shop_id AND s.order_line_id IN (
                SELECT n.order_line_id FROM invoices_line n WHERE n.shop_id = i.shop_id AND n.invoice_id = i.id)) s
        WHERE i.kind = 'blue' AND i.state = 'issued' AND i.issued_at < %(now)s - interval '1 hour' AND l.amount > s.net
          AND NOT EXISTS (SELECT FROM invoices_invoice r WHERE r.shop_id = i.shop_id AND r.blue_id = i.id
                          AND (r.state IN ('requested', 'issuing', 'unknown', 'failed')))
          AND NOT EXISTS (SELECT FROM invoices_look k WHERE k.shop_id = i.shop_id AND k.order_id = i.order_id
                          AND k.due_at IS NOT NULL)
          AND NOT EXISTS (SELECT FROM finance_step t WHERE t.order_id = i.order_id AND t.shop_id = i.shop_id
                          AND t.kind = 'refund' AND t.at > %(now)s - interval '1 hour')
        """,
    ),
    history_invariant(states.INVOICE, table="invoices_invoice", room=ROOM, name="invoices_moved_as_allowed"),
]
