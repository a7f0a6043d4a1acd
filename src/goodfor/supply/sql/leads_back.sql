-- Whether a SKU of a shop (by its code) may come, over shops of this installation that buy from each other, from the
-- shop `home`, or over more shops than anybody needs.
WITH RECURSIVE way (sku_id, shop, hops) AS (
    SELECT %(sku_id)s::uuid, %(shop)s::text, 1
    UNION
    SELECT i.variant::uuid, s.config ->> 'shop', w.hops + 1
    FROM way w
    JOIN supply_offer o ON o.sku_id = w.sku_id AND o.enabled
    JOIN supply_supplier s ON s.id = o.supplier_id AND s.protocol = 'sibling' AND s.enabled
    JOIN supply_item i ON i.id = o.item_id AND i.variant <> ''
    WHERE w.hops <= %(most)s
)
SELECT bool_or(shop = %(home)s OR hops > %(most)s) FROM way
