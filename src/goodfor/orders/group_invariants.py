"""Truths about orders that wait for a group."""

from goodfor.kernel.invariants import Invariant

INVARIANTS = [
    Invariant(
        name="group_orders_end_one_way",
        room="orders",
        why="an order of a group is delivered only where the group formed, refunded where it did not, and never both",
        sql="""
        SELECT p.order_id::text, p.state || ', and the order is ' || coalesce(o.state, 'gone')
               || coalesce(', its hold ' || h.state || ' ' || h.group_state, ', without a hold')
        FROM promotions_place p
        LEFT JOIN orders_order o ON o.shop_id = p.shop_id AND o.id = p.order_id
        LEFT JOIN orders_hold h ON h.shop_id = p.shop_id AND h.order_id = p.order_id
        WHERE o.id IS NULL OR h.group_id IS DISTINCT FROM p.group_id
           OR o.state = 'delivered' AND p.state <> 'won'
           OR p.state = 'waiting' AND o.state <> 'placed'
           OR p.state = 'gone' AND o.state NOT IN ('cancelled', 'expired', 'refunding', 'refunded')
           OR p.state = 'joined' AND (o.state <> 'paid' OR h.state <> 'held' OR h.group_state <> 'waiting')
           OR p.state IN ('left', 'turned') AND o.state NOT IN ('refunding', 'refunded')
           -- News of the group are told a moment after.
           OR p.state = 'lost' AND o.state NOT IN ('refunding', 'refunded')
              AND NOT (o.state = 'paid' AND h.state = 'held'
                       AND (h.group_state = 'lost' OR p.ended_at > %(now)s - interval '5 minutes'))
           OR p.state = 'won' AND (o.state IN ('placed', 'cancelled', 'expired')
                                   OR h.group_state = 'waiting' AND h.state = 'held'
                                      AND p.ended_at < %(now)s - interval '5 minutes')
        """,
    ),
]
