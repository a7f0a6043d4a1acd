-- Text messages whose vendor has reported something: to be asked about, held for the transaction that notes the try.
SELECT m.shop_id, m.id
FROM notify_message m
WHERE m.report_due_at <= %(now)s
ORDER BY m.report_due_at
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
