-- risk: a key stays tripped by a rule until then; a later end wins, what was lifted is tripped anew.
INSERT INTO risk_quarantine (shop_id, key, rule_id, kind, until, tripped_at, hits, lifted_by)
SELECT %(shop_id)s, t.key, t.rule_id, t.kind, t.until, %(now)s, 1, ''
FROM unnest(%(keys)s::bigint[], %(rules)s::uuid[], %(kinds)s::text[], %(untils)s::timestamptz[])
     AS t (key, rule_id, kind, until)
ORDER BY t.key, t.rule_id
ON CONFLICT (shop_id, key, rule_id) DO UPDATE
SET until = greatest(risk_quarantine.until, excluded.until), hits = risk_quarantine.hits + 1,
    tripped_at = CASE WHEN risk_quarantine.lifted_at IS NULL AND risk_quarantine.until > excluded.tripped_at
                      THEN risk_quarantine.tripped_at ELSE excluded.tripped_at END,
    lifted_by = '', lifted_at = NULL
