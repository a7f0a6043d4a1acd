-- aftersales, platform job: a shop that has delivered something has its days counted, the past ones too.
INSERT INTO aftersales_figure_turn (shop_id, day, due_at)
SELECT s.id, d::date, %(now)s FROM identity_shop s, generate_series(%(first)s::date, %(today)s::date, '1 day') AS d
WHERE NOT EXISTS (SELECT FROM aftersales_figure_turn t WHERE t.shop_id = s.id AND t.day = %(today)s::date)
  AND EXISTS (SELECT FROM orders_order o WHERE o.shop_id = s.id AND o.state IN ('delivered', 'refunding', 'refunded'))
ON CONFLICT DO NOTHING
