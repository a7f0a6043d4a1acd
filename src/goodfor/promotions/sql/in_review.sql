-- How many campaigns wait for a second person.
SELECT count(*) FROM promotions_campaign WHERE shop_id = %(shop_id)s AND submitted_id IS NOT NULL
