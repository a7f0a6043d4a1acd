-- Messages whose time has come, all shops, held for the transaction that decides what is done with them.
SELECT m.shop_id, m.id, m.state, m.expires_at <= %(now)s AS expired
FROM notify_message m
WHERE m.next_try_at <= %(now)s
ORDER BY m.next_try_at
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
