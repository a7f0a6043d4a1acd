-- How many codes went out in the last hour: to this contact (by unknown browsers, by this one), and from this address;
-- and when the oldest of these was.
SELECT count(*) FILTER (WHERE value_index = %(value_index)s AND NOT known_device),
       count(*) FILTER (WHERE value_index = %(value_index)s AND known_device AND device_hash = %(device_hash)s),
       count(*) FILTER (WHERE address_hash = %(address_hash)s),
       min(created_at)
  FROM identity_code
 WHERE shop_id = %(shop_id)s AND created_at > %(since)s
   AND (value_index = %(value_index)s OR address_hash = %(address_hash)s)
