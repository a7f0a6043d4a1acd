"""Truths about orders, their codes and their money."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.orders import claim_invariants, discount_invariants, group_invariants, hold_invariants, states

INVARIANTS = [
    Invariant(
        name="sold_codes_belong_to_one_paid_line",
        room="orders",
        why="a code leaves the vault only for an order that was paid",
        sql="""
        SELECT c.id::text, 'sold to ' || coalesce(c.holder_id::text, 'nobody')
        FROM vault_code c
        LEFT JOIN orders_line l ON l.id = c.holder_id AND l.shop_id = c.shop_id
        LEFT JOIN orders_order o ON o.id = l.order_id AND o.shop_id = l.shop_id
        WHERE c.state = 2 AND (o.id IS NULL OR o.state NOT IN ('delivered', 'refunding', 'refunded')
                               OR l.sku_id <> c.sku_id)
        """,
    ),
    Invariant(
        name="delivered_lines_have_their_quantity",
        room="orders",
        why="each line of a delivered order holds exactly the codes that were paid for and whose price was not given"
        " back, set aside or not; a code that was replaced counts no more, the one in its place does",
        sql="""
        SELECT l.id::text, 'ordered ' || l.quantity || ', returned ' || l.returned || ', holds '
               || count(c.id) - count(u.id)
        FROM orders_order o
        JOIN orders_line l ON l.order_id = o.id AND l.shop_id = o.shop_id
        LEFT JOIN vault_code c ON c.shop_id = l.shop_id AND c.holder_id = l.id
              AND (c.state = 2 OR c.state IN (3, 4) AND c.sold_at IS NOT NULL)
        -- Of each code one at most.
        LEFT JOIN orders_claim_unit u ON u.shop_id = l.shop_id AND u.line_id = l.id AND u.code_id = c.id
              AND u.state IN ('refunded', 'replaced') AND NOT u.restocked
        WHERE o.state = 'delivered' AND l.kind = 'code'
        GROUP BY l.id, l.quantity, l.returned HAVING count(c.id) - count(u.id) <> l.quantity - l.returned
        """,
    ),
    Invariant(
        name="topped_up_lines_have_their_units",
        room="orders",
        why="a delivered top-up says how much was done, and suppliers did exactly that",
        sql="""
        SELECT l.id::text, 'says ' || coalesce(l.topped, 0) || ' of ' || l.quantity || ', done '
               || coalesce(w.done, 0)
        FROM orders_order o
        JOIN orders_line l ON l.order_id = o.id AND l.shop_id = o.shop_id AND l.kind = 'direct'
        LEFT JOIN LATERAL (SELECT sum(w.delivered) AS done FROM supply_want w
                           WHERE w.shop_id = l.shop_id AND w.order_id = l.order_id AND w.line_id = l.id) w ON true
        WHERE o.state = 'delivered' AND coalesce(l.topped, 0) <> coalesce(w.done, 0)
           OR o.state IN ('placed', 'paid', 'cancelled', 'expired') AND l.topped IS NOT NULL
        """,
    ),
    Invariant(
        name="placed_lines_hold_their_reservation",
        room="orders",
        why="an unpaid order in time holds its codes; a closed one holds none",
        sql="""
        SELECT l.id::text, o.state || ', ordered ' || l.quantity || ', reserved ' || count(c.id)
        FROM orders_order o
        JOIN orders_line l ON l.order_id = o.id AND l.shop_id = o.shop_id
        LEFT JOIN vault_code c ON c.shop_id = l.shop_id AND c.holder_id = l.id AND c.state = 1
        WHERE (o.state = 'placed' AND o.pay_by > %(now)s)
           OR o.state IN ('cancelled', 'expired', 'refunding', 'refunded')
        GROUP BY l.id, l.quantity, o.state, l.shop_id, l.sku_id, l.kind
        HAVING count(c.id) <> CASE WHEN o.state = 'placed' AND l.kind = 'code' THEN l.quantity ELSE 0 END
           -- What suppliers offer is bought once it is paid for.
           AND NOT (count(c.id) = 0 AND EXISTS (SELECT 1 FROM supply_offer f
                                                WHERE f.shop_id = l.shop_id AND f.sku_id = l.sku_id))
        """,
    ),
    Invariant(
        name="paid_orders_end_in_time",
        room="orders",
        why="a paid order is delivered or refunded, or inside its deadline; a refund that needs a person has a case,"
        " and one that failed for good says so on its order",
        sql="""
        SELECT o.id::text, o.state || ' since ' || o.paid_at || coalesce(', refund ' || r.state, '')
        FROM orders_order o
        LEFT JOIN LATERAL (
            SELECT r.id, r.state, r.created_at, r.finished_at FROM payments_refund r
            WHERE o.state = 'refunding' AND r.shop_id = o.shop_id AND r.payment_id = o.payment_id
              AND r.business_key LIKE 'order:%%'
            ORDER BY r.id DESC LIMIT 1) r ON true
        LEFT JOIN LATERAL (
            SELECT EXISTS (SELECT 1 FROM payments_case k WHERE k.shop_id = o.shop_id AND k.refund_id = r.id
                           AND k.payment_id = o.payment_id AND k.state = 'open') AS open) k ON true
        WHERE (o.state = 'paid' AND o.deliver_by < %(now)s - interval '1 minute')
           OR (o.state = 'refunding' AND NOT k.open AND o.deliver_by < %(now)s - interval '1 hour'
               AND (r.id IS NULL OR r.state IN ('succeeded', 'failed') OR r.created_at < %(now)s - interval '1 hour'))
           OR (o.refund_failed_at IS NOT NULL AND (r.state IS DISTINCT FROM 'failed' OR NOT k.open))
           -- Heard by the listener of RefundFailed, a moment after.
           OR (r.state = 'failed' AND o.refund_failed_at IS NULL AND r.finished_at < %(now)s - interval '1 minute')
        """,
    ),
    Invariant(
        name="unpaid_orders_end_in_time",
        room="orders",
        why="an order that nobody paid gives its codes back",
        sql="""
        SELECT id::text, 'to be paid by ' || pay_by FROM orders_order
        WHERE state = 'placed' AND pay_by < %(now)s - interval '2 minutes'
        """,
    ),
    Invariant(
        name="order_totals_equal_their_lines",
        room="orders",
        why="what is paid is what the lines cost, their discounts taken off, and the order says how much these are",
        sql="""
        SELECT o.id::text, 'total ' || o.total_minor || ', lines '
               || coalesce(sum(l.quantity * l.unit_price_minor - l.discount_minor), 0) || ', off ' || o.discount_minor
               || ', lines ' || coalesce(sum(l.discount_minor), 0)
        FROM orders_order o LEFT JOIN orders_line l ON l.order_id = o.id AND l.shop_id = o.shop_id
        GROUP BY o.id, o.total_minor, o.discount_minor
        HAVING o.total_minor <> coalesce(sum(l.quantity * l.unit_price_minor - l.discount_minor), 0)
            OR o.discount_minor <> coalesce(sum(l.discount_minor), 0)
        """,
    ),
    Invariant(
        name="paid_orders_have_a_payment",
        room="orders",
        why="an order is paid by one succeeded payment of its total; what came besides goes back or is a case",
        sql="""
        SELECT o.id::text, coalesce(p.state, 'no payment')
        FROM orders_order o
        LEFT JOIN payments_payment p ON p.id = o.payment_id AND p.shop_id = o.shop_id AND p.source_id = o.id
        WHERE o.state IN ('paid', 'delivered', 'refunding', 'refunded')
          AND (p.id IS NULL OR p.state <> 'succeeded' OR p.currency <> o.currency
               OR p.captured_minor < o.total_minor
               OR (p.captured_minor > o.total_minor
                   AND p.captured_minor - o.total_minor <>
                       (SELECT coalesce(sum(r.amount_minor), 0) FROM payments_refund r
                        WHERE r.shop_id = p.shop_id AND r.payment_id = p.id AND r.state <> 'failed'
                          AND r.business_key LIKE 'overpaid:%%')
                   AND NOT EXISTS (SELECT 1 FROM payments_case k WHERE k.shop_id = p.shop_id AND k.payment_id = p.id
                                   AND k.state = 'open')))
        """,
    ),
    Invariant(
        name="ended_orders_owe_nothing",
        room="orders",
        why="the order liability of a delivered or refunded order is zero, and of a paid one it is what was paid",
        sql="""
        SELECT o.id::text, 'still owed ' || coalesce(-sum(g.amount_minor), 0)
        FROM orders_order o
        LEFT JOIN (SELECT g.order_id, g.shop_id, g.amount_minor FROM ledger_posting g
                   JOIN ledger_account a ON a.id = g.account_id WHERE a.code = '2203:order' AND g.layer = 0) g
               ON g.order_id = o.id AND g.shop_id = o.shop_id
        GROUP BY o.id, o.state, o.total_minor
        HAVING coalesce(-sum(g.amount_minor), 0) <> CASE WHEN o.state = 'paid' THEN o.total_minor ELSE 0 END
        """,
    ),
    Invariant(
        name="refunded_parts_are_noted",
        room="orders",
        why="what a delivered order says is back is what payments gave back of it",
        sql="""
        SELECT o.id::text, 'noted ' || o.refunded_minor || ', back ' || coalesce(sum(r.amount_minor), 0)
        FROM orders_order o
        JOIN payments_refund r ON r.shop_id = o.shop_id AND r.payment_id = o.payment_id AND r.state = 'succeeded'
             AND r.business_key LIKE 'order:%%:part:%%' AND r.finished_at < %(now)s - interval '1 minute'
        WHERE o.state = 'delivered'
        GROUP BY o.id, o.refunded_minor HAVING o.refunded_minor < coalesce(sum(r.amount_minor), 0)
        """,
    ),
    Invariant(
        name="nothing_is_bought_after_a_refund",
        room="orders",
        why="for an order whose money goes back, or that nobody paid, nothing is asked of suppliers any more",
        sql="""
        SELECT w.id::text, 'wanted for order ' || o.number || ', which is ' || o.state
        FROM supply_want w
        JOIN orders_order o ON o.shop_id = w.shop_id AND o.id = w.order_id
        WHERE w.state = 'open' AND o.state IN ('cancelled', 'expired', 'refunding', 'refunded')
        """,
    ),
    Invariant(
        name="refund_days_are_their_refunds",
        room="orders",
        why="what bounds a day of refunds is the sum of those counted on it, and of none that failed for good",
        sql="""
        SELECT concat_ws(' ', shop_id, day, kind, actor), 'says ' || coalesce(d.minor, 0) || ', is '
               || coalesce(c.minor, 0)
        FROM orders_refund_day d
        FULL JOIN (
            SELECT k.shop_id, k.day, k.currency, k.kind, w.actor, sum(k.minor) AS minor
            FROM orders_refund_count k
            CROSS JOIN LATERAL (SELECT k.actor UNION SELECT '' WHERE k.kind = 'staff') w
            WHERE k.given_up_at IS NULL
            GROUP BY k.shop_id, k.day, k.currency, k.kind, w.actor) c USING (shop_id, day, currency, kind, actor)
        WHERE coalesce(d.minor, 0) <> coalesce(c.minor, 0)
        """,
    ),
    Invariant(
        name="nothing_shown_after_a_refund",
        room="orders",
        why="who has the money back sees no code any more",
        # Ten seconds: a request that waited for the order's row reads the clock before the one it waited for.
        sql="""
        SELECT r.code_id::text, 'shown at ' || r.at || ', order ' || o.number || ' refunded at ' || min(h.at)
        FROM orders_order o
        JOIN kernel_history h ON h.shop_id = o.shop_id AND h.subject_id = o.id AND h.machine = 'order'
         AND h.to_state = 'refunding'
        JOIN orders_line l ON l.shop_id = o.shop_id AND l.order_id = o.id
        JOIN delivery_reveal r ON r.shop_id = l.shop_id AND r.holder_id = l.id
        WHERE o.state IN ('refunding', 'refunded')
        GROUP BY r.id, r.code_id, r.at, o.number HAVING r.at > min(h.at) + interval '10 seconds'
        """,
    ),
    *claim_invariants.INVARIANTS,
    *discount_invariants.INVARIANTS,
    *group_invariants.INVARIANTS,
    *hold_invariants.INVARIANTS,
    history_invariant(states.MACHINE, table="orders_order", room="orders", name="order_history_leads_to_its_state"),
]
