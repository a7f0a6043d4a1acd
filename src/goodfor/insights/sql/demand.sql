-- Units of each SKU that a shop delivered on each day: (sku, day, units).
SELECT sku_id, day, sum(units)::bigint FROM insights_cube
 WHERE shop_id = %(shop_id)s AND grain = 'd' AND day >= %(first)s AND day <= %(last)s AND sku_id <> %(none)s
 GROUP BY 1, 2 HAVING sum(units) > 0
