-- gifts: codes that somebody holds and that end within a stretch of time, of all shops, in the order of their ends.
SELECT shop_id, id, holder_ref, title, number, ends_at FROM gifts_item
 WHERE live AND ends_at < '9999-01-01Z' AND (ends_at, id) > (%(since)s, %(after)s::uuid) AND ends_at <= %(until)s
 ORDER BY ends_at, id LIMIT %(most)s
