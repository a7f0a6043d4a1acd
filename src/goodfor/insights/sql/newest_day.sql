-- The last month in which a shop sold in a currency, for the choice of dates: (first, last) day with figures.
SELECT min(day), max(day) FROM insights_cube WHERE shop_id = %(shop_id)s AND grain = 't' AND currency = %(currency)s
