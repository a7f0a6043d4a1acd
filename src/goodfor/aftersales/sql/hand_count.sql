-- How many grants wait for the staff to transfer them: an index of the few that are owed.
SELECT count(*) FROM aftersales_grant WHERE shop_id = %(shop_id)s AND state = 'owed' AND way = 'hand'
