-- The new head of the audit trail, signed; it only ever moves on.
INSERT INTO kernel_audit_head AS h (name, seq, hash, upto_xid, upto_id, mac)
VALUES ('audit', %(seq)s, %(hash)s, %(xid)s::text::xid8, %(id)s, %(mac)s)
ON CONFLICT (name) DO UPDATE
SET seq = excluded.seq, hash = excluded.hash, upto_xid = excluded.upto_xid, upto_id = excluded.upto_id, mac = excluded.mac
WHERE h.seq < excluded.seq
