-- supply: items that have words of a SKU's name, and its face value where it has one, those with the most words first:
-- (id, words). Dismissed ones and those that are offered for it already are left out.
SELECT f.id, f.words FROM (
    SELECT i.id, i.words, (SELECT count(*) FROM unnest(i.words) w WHERE w = ANY (%(keys)s::text[])) AS shared
    FROM (
        SELECT id, words FROM supply_item
        WHERE shop_id = %(shop_id)s AND words && %(keys)s::text[] AND words @> %(face)s::text[]
          AND state NOT IN ('deleted', 'banned')
        LIMIT %(judged)s::bigint
    ) i
    WHERE NOT EXISTS (SELECT FROM supply_dismissed d
                      WHERE d.shop_id = %(shop_id)s AND d.sku_id = %(sku_id)s AND d.item_ref = i.id)
      AND NOT EXISTS (SELECT FROM supply_offer o
                      WHERE o.shop_id = %(shop_id)s AND o.sku_id = %(sku_id)s AND o.item_id = i.id)
) f
ORDER BY f.shared DESC, cardinality(f.words), f.id
LIMIT %(limit)s::bigint
