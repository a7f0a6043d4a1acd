-- What tells the days of a shop's flow apart from what they were: (day, rows, a sum of their hashes).
SELECT day, count(*), sum(hashtextextended(f::text, 0)::numeric)::text
  FROM insights_flow f WHERE shop_id = %(shop_id)s GROUP BY day
