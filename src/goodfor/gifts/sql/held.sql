-- gifts: codes in somebody's hands, those that end first before others, of those without an end the latest first.
SELECT id, order_id, gift_id, number, title, ends_at FROM gifts_item
 WHERE shop_id = %(shop_id)s AND holder_ref = %(holder)s AND live AND ends_at > %(now)s
   AND (%(after)s::uuid IS NULL
        OR ends_at >= %(at)s::timestamptz AND (ends_at > %(at)s::timestamptz OR id < %(after)s::uuid))
 ORDER BY ends_at, id DESC LIMIT %(limit)s
