-- How many days wait for the second person.
SELECT count(*) FROM recon_day_ask a
WHERE a.shop_id = %(shop_id)s AND a.withdrawn_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM recon_day c WHERE c.shop_id = %(shop_id)s AND c.day = a.day)
