-- How far a job has come, over all shop_id; the row stays locked until the transaction ends, so one run at a time.
INSERT INTO ledger_watermark AS w (name, upto_xid) VALUES (%(name)s, '0')
ON CONFLICT (name) DO UPDATE SET upto_xid = w.upto_xid
RETURNING w.upto_xid::text
