-- How many purchases wait for a person, up to 10,000.
SELECT count(*) FROM (
  SELECT 1 FROM supply_attempt WHERE shop_id = %(shop_id)s AND state = 'manual' LIMIT 10000
) AS found
