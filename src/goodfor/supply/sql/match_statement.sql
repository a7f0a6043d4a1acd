-- supply: judge the lines of a statement anew, by what the books say now. The lines of ours alone were taken out before.
WITH lines AS MATERIALIZED (
    SELECT place, number, ref, amount,
           row_number() OVER (PARTITION BY number, ref, kind, amount, at ORDER BY place) > 1
               AND (number <> '' OR ref <> '') AS again
    FROM supply_statement_line
    WHERE shop_id = %(shop_id)s AND statement_id = %(statement_id)s
), meant AS (
    -- By our number whenever it was; by theirs, which has no index, of this time.
    SELECT a.id FROM lines l JOIN supply_attempt a ON a.number = l.number
    WHERE a.shop_id = %(shop_id)s AND a.supplier_id = %(supplier_id)s AND l.number <> ''
    UNION
    SELECT id FROM supply_attempt
    WHERE shop_id = %(shop_id)s AND supplier_id = %(supplier_id)s
      AND sent_at >= %(since)s::timestamptz AND sent_at < %(until)s::timestamptz
), bought AS MATERIALIZED (
    SELECT a.id, a.number, a.ref,
           CASE WHEN a.state IN ('delivered', 'partial', 'late') OR a.claimed_minor > 0
                THEN a.refunded - coalesce(a.charged, 0) ELSE 0 END AS ours
    FROM meant m JOIN supply_attempt a ON a.id = m.id AND a.shop_id = %(shop_id)s
), named AS (
    SELECT l.place, min(coalesce(n.id, r.id)::text)::uuid AS attempt_id
    FROM lines l
    LEFT JOIN bought n ON n.number = l.number AND l.number <> ''
    LEFT JOIN bought r ON r.ref = l.ref AND l.ref <> '' AND n.id IS NULL
    GROUP BY l.place
), theirs AS (
    SELECT n.attempt_id, sum(l.amount) AS amount
    FROM named n JOIN lines l USING (place)
    WHERE n.attempt_id IS NOT NULL AND NOT l.again
    GROUP BY n.attempt_id
)
UPDATE supply_statement_line s
SET attempt_id = n.attempt_id, ours = b.ours,
    verdict = CASE WHEN l.again THEN 'double'
                   WHEN n.attempt_id IS NOT NULL THEN CASE WHEN t.amount = b.ours THEN 'matched' ELSE 'amount' END
                   WHEN l.number <> '' OR l.ref <> '' THEN 'theirs'
                   ELSE 'other' END
FROM named n
JOIN lines l USING (place)
LEFT JOIN bought b ON b.id = n.attempt_id
LEFT JOIN theirs t ON t.attempt_id = n.attempt_id
WHERE s.shop_id = %(shop_id)s AND s.statement_id = %(statement_id)s AND s.place = n.place
