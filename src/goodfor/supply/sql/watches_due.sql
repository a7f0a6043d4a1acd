-- supply, platform job: rules to look at: (shop, SKU). At once where an item that is offered changed, else in turn.
(SELECT w.shop_id, w.sku_id
 FROM supply_item i
 JOIN supply_offer o ON o.item_id = i.id
 JOIN supply_watch w ON w.shop_id = o.shop_id AND w.sku_id = o.sku_id
 WHERE i.changed_at > %(now)s::timestamptz - interval '1 minute' AND w.looked_at < i.changed_at
 LIMIT %(limit)s::bigint)
UNION
(SELECT shop_id, sku_id FROM supply_watch
 WHERE looked_at < %(before)s ORDER BY looked_at LIMIT %(limit)s::bigint)
