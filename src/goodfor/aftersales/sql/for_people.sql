-- How many cases wait for a person, up to 1,000.
SELECT count(*) FROM (
  SELECT 1 FROM aftersales_case WHERE shop_id = %(shop_id)s AND state = 'person' LIMIT 1000
) AS found
