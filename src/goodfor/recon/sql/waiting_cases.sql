-- Live cases about which the machine does nothing (more): a person decides.
SELECT count(*) FROM recon_case
WHERE shop_id = %(shop_id)s AND action_state IN ('none', 'person') AND NOT state = 'closed'
