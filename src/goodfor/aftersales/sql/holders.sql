-- aftersales: who holds sold codes of a batch that had no remedy yet: (order, line, codes, of which seen, price of one
-- at most, cost of all). In quarantine, with its holder, is a code that a claim is about: its buyer has spoken already.
SELECT l.order_id, l.id, array_agg(c.id ORDER BY c.id), count(*) FILTER (WHERE c.revealed_at IS NOT NULL)::int,
       (l.quantity * l.unit_price_minor - l.discount_minor + l.quantity - 1) / l.quantity, sum(t.unit_cost_minor)::bigint
FROM vault_lot t
JOIN vault_code c ON c.shop_id = t.shop_id AND c.lot_id = t.id AND c.state = 2
JOIN orders_line l ON l.shop_id = c.shop_id AND l.id = c.holder_id
JOIN orders_order o ON o.shop_id = l.shop_id AND o.id = l.order_id AND o.state = 'delivered'
WHERE t.shop_id = %(shop_id)s AND t.batch_id = %(batch_id)s
  AND NOT EXISTS (SELECT 1 FROM orders_claim_unit u WHERE u.shop_id = c.shop_id AND u.code_id = c.id
                  AND u.state IN ('live', 'refunded', 'replaced'))
GROUP BY l.order_id, l.id
ORDER BY l.order_id, l.id
