-- gifts: codes that came into somebody's hands within a stretch of time, of all shops, in the order of coming.
SELECT shop_id, id, holder_ref, title, number, ends_at, got_at FROM gifts_item
 WHERE live AND (got_at, id) > (%(since)s, %(after)s::uuid) AND got_at <= %(until)s
 ORDER BY got_at, id LIMIT %(most)s
