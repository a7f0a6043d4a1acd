-- What tells the days of a shop's cube apart from what they were: (day, rows, a sum of their hashes).
SELECT day, count(*), sum(hashtextextended(c::text, 0)::numeric)::text
  FROM insights_cube c WHERE shop_id = %(shop_id)s AND grain = 'd' GROUP BY day
