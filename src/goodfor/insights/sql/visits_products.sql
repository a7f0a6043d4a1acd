-- What was looked at most in a shop: (product, page views).
SELECT product_id, sum(views)::bigint FROM insights_visit
 WHERE shop_id = %(shop_id)s AND day >= %(first)s AND day <= %(last)s AND step = 'looked' AND product_id <> %(none)s
 GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %(most)s
