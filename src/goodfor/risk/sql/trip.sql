-- risk: a key stays tripped by a rule until then; a later end wins, what was lifted is tripped anew. Where somebody is at
-- the same row at this moment, it is left to them: an attacker's acts must not wait for each other.
INSERT INTO risk_quarantine (shop_id, key, rule_id, kind, until, tripped_at, hits, lifted_by)
SELECT %(shop_id)s, t.key, t.rule_id, t.kind, t.until, %(now)s, 1, ''
FROM unnest(%(keys)s::bigint[], %(rules)s::uuid[], %(kinds)s::text[], %(untils)s::timestamptz[], %(locks)s::bigint[])
     AS t (key, rule_id, kind, until, lock)
WHERE pg_try_advisory_xact_lock(t.lock)
ON CONFLICT (shop_id, key, rule_id) DO UPDATE
SET until = greatest(risk_quarantine.until, excluded.until), hits = risk_quarantine.hits + 1,
    tripped_at = CASE WHEN risk_quarantine.lifted_at IS NULL AND risk_quarantine.until > excluded.tripped_at
                      THEN risk_quarantine.tripped_at ELSE excluded.tripped_at END,
    lifted_by = '', lifted_at = NULL
