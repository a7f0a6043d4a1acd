-- supply: what a statement's lines add up to: (verdict, lines, their sum, our sum). A purchase of several lines counts
-- once in ours.
SELECT verdict, count(*), sum(amount), coalesce(sum(ours) FILTER (WHERE first), 0)
FROM (
    SELECT verdict, amount, ours,
           row_number() OVER (PARTITION BY verdict, coalesce(attempt_id::text, place::text) ORDER BY place) = 1 AS first
    FROM supply_statement_line
    WHERE shop_id = %(shop_id)s AND statement_id = %(statement_id)s
) l
GROUP BY verdict
