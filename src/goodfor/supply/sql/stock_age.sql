-- How old what is known of a supplier's offered items is, in seconds.
SELECT count(*)::int, percentile_cont(0.5) WITHIN GROUP (ORDER BY s.age), max(s.age)
FROM (
    SELECT extract(epoch FROM %(now)s::timestamptz - i.seen_at)::float8 AS age
    FROM supply_item i
    WHERE i.shop_id = %(shop_id)s AND i.supplier_id = %(supplier_id)s
      AND EXISTS (SELECT 1 FROM supply_offer o WHERE o.shop_id = %(shop_id)s AND o.item_id = i.id AND o.enabled)
) s
