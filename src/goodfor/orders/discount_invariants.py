"""Truths about what campaigns took off orders."""

from goodfor.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        name="order_discounts_are_their_shares",
        room="orders",
        why="what a line costs less than its list price is what campaigns are noted to have taken off, to the fen",
        sql="""
        SELECT l.id::text, 'off ' || l.discount_minor || ', noted ' || coalesce(d.minor, 0)
        FROM orders_line l
        FULL JOIN (SELECT shop_id, order_id, line_id, sum(minor) AS minor FROM orders_discount GROUP BY 1, 2, 3) d
             ON d.shop_id = l.shop_id AND d.order_id = l.order_id AND d.line_id = l.id
        WHERE coalesce(l.discount_minor, 0) <> coalesce(d.minor, 0)
        """,
    ),
    Invariant(
        name="order_discounts_are_booked",
        room="orders",
        why="a delivered line has its discount in the books, by the campaign that gave it; what of the price went back"
        " took its part of the discount along, and all of it all",
        sql="""
        WITH booked AS (
            SELECT g.shop_id, g.order_id, g.order_line_id, g.campaign_id,
                   sum(g.amount_minor) FILTER (WHERE t.kind = 'delivery') AS given,
                   -sum(g.amount_minor) FILTER (WHERE t.kind = 'refund') AS back
            FROM ledger_account a
            JOIN ledger_posting g ON g.account_id = a.id AND g.shop_id = a.shop_id AND g.layer = 0
            JOIN ledger_tx t ON t.id = g.tx_id AND t.shop_id = g.shop_id
            WHERE a.code = '5002:coupon:campaigns' AND t.kind IN ('delivery', 'refund')
            GROUP BY 1, 2, 3, 4
        ), noted AS (
            SELECT d.shop_id, d.order_id, d.line_id, d.campaign_id, o.state, sum(d.minor) AS minor
            FROM orders_discount d JOIN orders_order o ON o.shop_id = d.shop_id AND o.id = d.order_id
            WHERE d.campaign_id <> '00000000-0000-0000-0000-00000000c0de'
            GROUP BY 1, 2, 3, 4, 5
        )
        SELECT coalesce(n.line_id, b.order_line_id)::text, coalesce(n.state, 'no order') || ', off '
               || coalesce(n.minor, 0) || ', booked ' || coalesce(b.given, 0) || ', back ' || coalesce(b.back, 0)
        FROM noted n
        FULL JOIN booked b ON b.shop_id = n.shop_id AND b.order_id = n.order_id AND b.order_line_id = n.line_id
             AND b.campaign_id = n.campaign_id
        WHERE n.line_id IS NULL
           OR coalesce(b.given, 0) NOT IN (n.minor, CASE WHEN n.state = 'delivered' THEN n.minor ELSE 0 END)
           OR coalesce(b.back, 0) NOT BETWEEN 0 AND coalesce(b.given, 0)
           OR n.state IN ('refunding', 'refunded') AND coalesce(b.given, 0) <> coalesce(b.back, 0)
        """,
    ),
    Invariant(
        name="order_credits_are_booked",
        room="orders",
        why="what units met of an order is what its lines say, pays the delivered order, and is back with all of it",
        sql="""
        WITH booked AS (
            SELECT g.shop_id, g.order_id,
                   coalesce(sum(g.amount_minor) FILTER (WHERE t.kind = 'delivery'), 0) AS given,
                   coalesce(-sum(g.amount_minor) FILTER (WHERE t.kind = 'refund'), 0) AS back
            FROM ledger_account a
            JOIN ledger_posting g ON g.account_id = a.id AND g.shop_id = a.shop_id AND g.layer = 0
            JOIN ledger_tx t ON t.id = g.tx_id AND t.shop_id = g.shop_id
            WHERE a.code = '2203:redeemed' AND t.kind IN ('delivery', 'refund')
            GROUP BY 1, 2
        ), noted AS (
            SELECT shop_id, order_id, sum(minor) AS minor FROM orders_discount
            WHERE campaign_id = '00000000-0000-0000-0000-00000000c0de' GROUP BY 1, 2
        )
        SELECT coalesce(c.order_id, n.order_id, b.order_id)::text, coalesce(o.state, 'no order') || ', met '
               || coalesce(c.minor, 0) || ', back ' || coalesce(c.back_minor, 0) || ', by line ' || coalesce(n.minor, 0)
               || ', booked ' || coalesce(b.given, 0) || ' and back ' || coalesce(b.back, 0)
        FROM orders_credit_part c
        FULL JOIN noted n ON n.shop_id = c.shop_id AND n.order_id = c.order_id
        FULL JOIN booked b ON b.shop_id = coalesce(c.shop_id, n.shop_id)
             AND b.order_id = coalesce(c.order_id, n.order_id)
        LEFT JOIN orders_order o ON o.shop_id = c.shop_id AND o.id = c.order_id
        WHERE c.order_id IS NULL OR n.order_id IS NULL OR n.minor <> c.minor OR o.id IS NULL
           OR coalesce(b.given, 0) NOT IN (c.minor, CASE WHEN o.state = 'delivered' THEN c.minor ELSE 0 END)
           OR coalesce(b.given, 0) > 0 AND coalesce(b.back, 0) <> c.back_minor
           OR (o.state IN ('cancelled', 'expired', 'refunding', 'refunded')) <> (c.back_minor = c.minor)
        """,
    ),
]
