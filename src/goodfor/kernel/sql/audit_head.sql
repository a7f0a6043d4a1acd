-- How far the audit trail is sealed; the row stays locked until the transaction ends, so that one seals at a time.
SELECT seq, hash, upto_xid::text, upto_id FROM kernel_audit_head FOR UPDATE
