"""Truths about claims: one remedy a code, and codes, money and states agree. Part of `invariants`."""

from goodfor.kernel.invariants import Invariant, history_invariant
from goodfor.orders import claim_states

INVARIANTS = [
    Invariant(
        name="open_claims_belong_to_delivered_orders",
        room="orders",
        why="a refund settles the claims on its order, so nobody waits for an answer about money that went back",
        sql="""
        SELECT c.id::text, 'order is ' || coalesce(o.state, 'gone')
        FROM orders_claim c
        LEFT JOIN orders_line l ON l.id = c.line_id AND l.shop_id = c.shop_id AND l.order_id = c.order_id
        LEFT JOIN orders_order o ON o.id = l.order_id AND o.shop_id = l.shop_id
        WHERE c.state IN ('open', 'replacing') AND o.state IS DISTINCT FROM 'delivered'
        """,
    ),
    Invariant(
        name="claim_units_agree_with_their_claim",
        room="orders",
        why="what came of each code is what the claim says: all live, all refunded, all replaced, or nothing",
        # Claims that were settled by a refund of the whole order before there were units: nothing is known of each.
        sql="""
        SELECT c.id::text, c.state || ' about ' || cardinality(c.code_ids) || ', units '
               || coalesce(string_agg(DISTINCT u.state, ' '), 'none') || ' ' || count(u.id)
        FROM orders_claim c
        LEFT JOIN orders_claim_unit u ON u.claim_id = c.id AND u.shop_id = c.shop_id AND u.order_id = c.order_id
             AND u.line_id = c.line_id AND (u.code_id = ANY (c.code_ids) OR u.code_id IS NULL AND c.code_ids = '{}')
        GROUP BY c.id, c.state, c.code_ids
        HAVING count(u.id) <> greatest(1, cardinality(c.code_ids))
            OR count(u.id) <> count(u.id) FILTER (WHERE u.state = CASE
                   WHEN c.state IN ('open', 'replacing') THEN 'live'
                   WHEN c.state IN ('refunded', 'replaced') THEN c.state ELSE 'none' END)
           AND NOT (c.state = 'refunded' AND c.refund_id IS NULL
                    AND count(u.id) = count(u.id) FILTER (WHERE u.state = 'none'))
        UNION ALL
        SELECT u.id::text, 'a unit of no claim' FROM orders_claim_unit u
        LEFT JOIN orders_claim c ON c.id = u.claim_id AND c.shop_id = u.shop_id AND c.order_id = u.order_id
             AND c.line_id = u.line_id AND (u.code_id = ANY (c.code_ids) OR u.code_id IS NULL AND c.code_ids = '{}')
        WHERE c.id IS NULL
        """,
    ),
    Invariant(
        name="refunded_claims_have_their_money",
        room="orders",
        why="a refunded claim has a refund of its own, or came with a refund of the whole order",
        sql="""
        SELECT c.id::text, 'order is ' || coalesce(o.state, 'gone') || ', refund ' || coalesce(r.amount_minor, 0)
               || ' of ' || coalesce(c.refund_minor, 0)
        FROM orders_claim c
        LEFT JOIN orders_order o ON o.id = c.order_id AND o.shop_id = c.shop_id
        LEFT JOIN payments_refund r ON r.id = c.refund_id AND r.shop_id = c.shop_id AND r.payment_id = o.payment_id
        WHERE c.state = 'refunded'
          AND CASE WHEN c.refund_id IS NULL THEN coalesce(o.state, '') NOT IN ('refunding', 'refunded')
                   ELSE r.amount_minor IS DISTINCT FROM c.refund_minor END
        """,
    ),
    Invariant(
        name="one_remedy_a_code",
        room="orders",
        why="nobody has the money and another code for the same one, nor either twice",
        sql="""
        SELECT coalesce(u.code_id, u.line_id)::text, string_agg(u.state, ' and ' ORDER BY u.id)
        FROM orders_claim_unit u WHERE u.state IN ('refunded', 'replaced') AND NOT u.restocked
        GROUP BY coalesce(u.code_id, u.line_id) HAVING count(*) > 1
        """,
    ),
    Invariant(
        name="remedied_codes_are_set_aside",
        room="orders",
        why="a code that a claim gave money or another code for is with nobody: neither for sale nor shown",
        sql="""
        SELECT u.code_id::text, u.state || ', the code is ' || coalesce(c.state::text, 'gone') || ' with '
               || coalesce(c.holder_id::text, 'nobody')
        FROM orders_claim_unit u
        LEFT JOIN vault_code c ON c.id = u.code_id AND c.shop_id = u.shop_id
        WHERE u.state IN ('refunded', 'replaced') AND NOT u.restocked AND u.code_id IS NOT NULL
          AND (c.state IS NULL OR c.state NOT IN (3, 4) OR c.holder_id IS DISTINCT FROM u.line_id)
        """,
    ),
    Invariant(
        name="claimed_codes_are_with_their_line",
        room="orders",
        why="a code that a claim is about, and one that a claim gave, was sold to the claim's line and to no other",
        sql="""
        SELECT u.code_id::text, 'claimed of ' || u.line_id || ', with ' || coalesce(c.holder_id::text, 'nobody')
        FROM orders_claim_unit u
        LEFT JOIN vault_code c ON c.id = u.code_id AND c.shop_id = u.shop_id
        WHERE u.state = 'live' AND u.code_id IS NOT NULL
          AND (c.holder_id IS DISTINCT FROM u.line_id OR c.sold_at IS NULL)
        UNION ALL
        -- Unseen it may have gone back on the shelf since, with the money: of a claim of its own, or of the order.
        SELECT u.new_code_id::text, 'given to ' || u.line_id || ', with ' || coalesce(c.holder_id::text, 'nobody')
        FROM orders_claim_unit u
        JOIN orders_order o ON o.id = u.order_id AND o.shop_id = u.shop_id
        LEFT JOIN vault_code c ON c.id = u.new_code_id AND c.shop_id = u.shop_id
        WHERE u.state = 'replaced' AND o.state = 'delivered'
          AND (c.holder_id IS DISTINCT FROM u.line_id OR c.sold_at IS NULL)
          AND NOT EXISTS (SELECT 1 FROM orders_claim_unit b WHERE b.shop_id = u.shop_id AND b.line_id = u.line_id
                          AND b.code_id = u.new_code_id AND b.restocked)
        """,
    ),
    Invariant(
        name="replacements_end",
        room="orders",
        why="a claim waits for suppliers only while they are asked, and nothing is kept for one that no longer waits",
        sql="""
        SELECT c.id::text, 'replacing since ' || c.wanted_at || ', and nobody buys'
        FROM orders_claim c
        LEFT JOIN LATERAL (SELECT count(*) AS wants, count(*) FILTER (WHERE w.state = 'open') AS open,
                                  max(w.closed_at) AS closed_at
                           FROM supply_want w WHERE w.shop_id = c.shop_id AND w.line_id = c.id) w ON true
        WHERE c.state = 'replacing' AND w.open = 0
          AND (w.wants = 0 OR w.closed_at < %(now)s - interval '10 minutes')
        UNION ALL
        SELECT v.id::text, 'kept for a claim that is ' || c.state
        FROM vault_code v JOIN orders_claim c ON c.id = v.holder_id AND c.shop_id = v.shop_id
        WHERE v.state <> 1 OR c.state <> 'replacing'
        """,
    ),
    history_invariant(
        claim_states.MACHINE, table="orders_claim", room="orders", name="claim_history_leads_to_its_state"
    ),
]
