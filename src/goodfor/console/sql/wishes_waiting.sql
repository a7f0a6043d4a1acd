-- How many wishes wait for a yes.
SELECT count(*) FROM console_wish WHERE shop_id = %(shop_id)s AND state = 'asked'
