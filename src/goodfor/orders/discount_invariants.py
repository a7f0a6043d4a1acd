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
]
