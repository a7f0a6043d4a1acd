-- supply: a page of items that are offered for no SKU, by supplier and name.
SELECT i.id FROM supply_item i
WHERE i.shop_id = %(shop_id)s AND (%(supplier_id)s::uuid IS NULL OR i.supplier_id = %(supplier_id)s)
  AND (%(word)s::text = '' OR strpos(lower(i.name), lower(%(word)s::text)) > 0)
  AND i.state NOT IN ('deleted', 'banned')
  AND (i.supplier_id, i.name, i.id) > (%(after_supplier)s::uuid, %(after_name)s::text, %(after_id)s::uuid)
  AND NOT EXISTS (SELECT FROM supply_offer o WHERE o.shop_id = %(shop_id)s AND o.item_id = i.id)
ORDER BY i.supplier_id, i.name, i.id
LIMIT %(limit)s::bigint
