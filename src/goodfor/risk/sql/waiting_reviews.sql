-- How many reviews are not done, up to 1,000.
SELECT count(*) FROM (
  SELECT 1 FROM risk_review WHERE shop_id = %(shop_id)s AND NOT state = 'done' LIMIT 1000
) AS found
