-- How many changes wait for a second person, up to 100.
SELECT count(*) FROM (
  SELECT 1 FROM risk_proposal WHERE shop_id = %(shop_id)s AND state = 'open' LIMIT 100
) AS found
