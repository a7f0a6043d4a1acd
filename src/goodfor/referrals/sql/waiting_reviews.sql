-- How many orders wait for a person: an index of the few.
SELECT count(*) FROM referrals_review WHERE shop_id = %(shop_id)s AND NOT state = 'done'
