-- risk: all that rules and lists need to know of an act besides its snapshot, by its keys: the number of the rule set
-- (v), entries of lists (l), snoozes (s), quarantines (q).
SELECT 'v', NULL::uuid, version, '', '', '', NULL::timestamptz FROM risk_rule_set WHERE shop_id = %(shop_id)s
UNION ALL
SELECT 'l', id, key, kind, type, name, NULL FROM risk_list_entry
WHERE shop_id = %(shop_id)s AND key = ANY (%(keys)s::bigint[]) AND state = 'active'
  AND (expires_at IS NULL OR expires_at > %(now)s)
UNION ALL
SELECT 's', rule_id, key, kind, '', '', NULL FROM risk_snooze
WHERE shop_id = %(shop_id)s AND key = ANY (%(keys)s::bigint[]) AND ended_at IS NULL AND until > %(now)s
UNION ALL
SELECT 'q', rule_id, key, kind, '', '', until FROM risk_quarantine
WHERE shop_id = %(shop_id)s AND key = ANY (%(keys)s::bigint[]) AND lifted_at IS NULL AND until > %(now)s
