-- How the text of an audit line is made for its hash, by version. Version 1 joined the fields with '|' and could not tell
-- a '|' inside of a field from one between two; version 2 is a JSON array, which can. Seals made before keep version 1:
-- computing them anew would mean to trust the table at this moment, and would wipe out the trace of a change made before.
ALTER TABLE kernel_audit_seal ADD COLUMN version smallint NOT NULL DEFAULT 1 CHECK (version IN (1, 2));
ALTER TABLE kernel_audit_seal ALTER COLUMN version DROP DEFAULT;

CREATE FUNCTION kernel_audit_text(a kernel_audit, version smallint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE version
        WHEN 1 THEN kernel_audit_text(a)
        WHEN 2 THEN jsonb_build_array(2, a.id, a.shop_id, a.actor, a.action, a.subject_type, a.subject_id, a.data,
                                      (extract(epoch FROM a.at) * 1000000)::bigint)::text
    END
$$;

-- How far the chain of seals has come, signed with a key that is in the database only wrapped by the master key: who cuts
-- off the end of the chain together with its seals cannot make the head that would fit. `upto` is where sealing goes on.
CREATE TABLE kernel_audit_head (
    name text PRIMARY KEY CHECK (name = 'audit'),
    seq bigint NOT NULL CHECK (seq > 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    upto_xid xid8 NOT NULL,
    upto_id bigint NOT NULL,
    mac bytea NOT NULL CHECK (length(mac) = 32)
);
