"""Truths about deliveries that wait on purpose."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.orders import hold_states

INVARIANTS = [
    Invariant(
        name="held_orders_keep_code_and_money",
        room="orders",
        why="while an order is held, none of its codes is sold and its money has gone nowhere",
        sql="""
        SELECT h.order_id::text, 'held, and ' || coalesce(o.state, 'gone') || coalesce(', sold ' || c.n, '')
        FROM orders_hold h
        LEFT JOIN orders_order o ON o.id = h.order_id AND o.shop_id = h.shop_id
        LEFT JOIN LATERAL (
            SELECT nullif(count(*), 0) AS n FROM orders_line l
            JOIN vault_code c ON c.shop_id = l.shop_id AND c.holder_id = l.id AND c.state = 2
            WHERE l.shop_id = h.shop_id AND l.order_id = h.order_id) c ON true
        WHERE h.state = 'held' AND (o.id IS NULL OR c.n > 0
                                    OR o.state NOT IN ('placed', 'cancelled', 'expired', 'paid'))
        """,
    ),
    Invariant(
        name="holds_end_in_time",
        room="orders",
        why="the clock of a paid order's hold runs, and what is to happen then happens by itself",
        sql="""
        SELECT h.order_id::text, coalesce('held until ' || h.until, 'paid, and its clock stands')
        FROM orders_hold h JOIN orders_order o ON o.id = h.order_id AND o.shop_id = h.shop_id
        WHERE h.state = 'held' AND o.state = 'paid' AND (h.until IS NULL OR h.until < %(now)s - interval '5 minutes')
        """,
    ),
    Invariant(
        name="ended_holds_lead_on",
        room="orders",
        why="a released order that is paid is delivered or being bought, else its money goes back; a refused one is"
        " neither paid nor delivered, and one whose hold lapsed was refunded",
        sql="""
        SELECT h.order_id::text, h.state || ' at ' || h.ended_at || ', and the order is ' || o.state
        FROM orders_hold h JOIN orders_order o ON o.id = h.order_id AND o.shop_id = h.shop_id
        WHERE h.state = 'released' AND o.state = 'paid'
              -- What suppliers delivered a moment ago is told a moment after.
              AND NOT EXISTS (SELECT FROM supply_want w WHERE w.shop_id = h.shop_id AND w.order_id = h.order_id
                              AND (w.closed_at IS NULL OR w.closed_at > %(now)s - interval '5 minutes'))
           OR h.state = 'refused' AND o.state IN ('placed', 'paid', 'delivered')
           OR h.state = 'lapsed' AND o.state NOT IN ('refunding', 'refunded')
        """,
    ),
    history_invariant(
        hold_states.MACHINE,
        table="(SELECT order_id AS id, shop_id, state FROM orders_hold)",
        room="orders",
        name="hold_history_leads_to_its_state",
    ),
]
