-- One group, locked: who is in is decided under its row.
SELECT id, campaign_id, state, size, hours, persons, expires_at, ended_at
FROM promotions_group WHERE shop_id = %(shop_id)s AND id = %(group_id)s FOR UPDATE
