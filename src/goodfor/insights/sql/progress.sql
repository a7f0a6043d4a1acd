-- How far a roll-up has come, over all shop_id; the row stays locked until the transaction ends, so one run at a time.
INSERT INTO insights_progress AS p (name, upto_xid) VALUES (%(name)s, 0)
ON CONFLICT (name) DO UPDATE SET upto_xid = p.upto_xid
RETURNING p.upto_xid::text
