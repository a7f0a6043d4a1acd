-- Labels, newest first, each with the act that it is about: the decision itself, or the first one about the subject; and
-- whether a later label of the same holds instead.
SELECT l.id, l.decision_id, l.subject_type, l.subject_id, l.bad, l.source, l.known_at, l.by, l.note, d.id, d.at, d.scene,
    d.outcome, EXISTS (
        SELECT FROM risk_label o WHERE o.shop_id = %(shop)s AND o.decision_id = l.decision_id
          AND l.decision_id IS NOT NULL AND (o.known_at, o.id) > (l.known_at, l.id)
    ) OR EXISTS (
        SELECT FROM risk_label o WHERE o.shop_id = %(shop)s AND o.subject_id = l.subject_id
          AND l.subject_id IS NOT NULL AND o.subject_type = l.subject_type AND (o.known_at, o.id) > (l.known_at, l.id)
    )
FROM (
    SELECT * FROM risk_label
    WHERE shop_id = %(shop)s AND id < %(before)s AND (%(source)s::text = '' OR source = %(source)s::text)
      AND (%(bad)s::boolean IS NULL OR bad = %(bad)s::boolean) AND known_at >= %(since)s AND known_at < %(until)s
    ORDER BY id DESC LIMIT %(limit)s::bigint
) l
LEFT JOIN LATERAL (
    (SELECT x.id, x.at, x.scene, x.outcome FROM risk_decision x
     WHERE l.decision_id IS NOT NULL AND x.shop_id = %(shop)s AND x.id = l.decision_id
       AND x.at >= risk_decision_time(l.decision_id)
       AND x.at < risk_decision_time(l.decision_id) + interval '1 millisecond')
    UNION ALL
    (SELECT x.id, x.at, x.scene, x.outcome FROM risk_decision x
     WHERE l.subject_id IS NOT NULL AND x.shop_id = %(shop)s AND x.subject_kind = l.subject_type
       AND x.subject_id = l.subject_id
     ORDER BY x.at LIMIT 1)
) d ON true
ORDER BY l.id DESC
