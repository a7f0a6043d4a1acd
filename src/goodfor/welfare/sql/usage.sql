-- What a company's people spent in a stretch of time, less what of that came back, by department and by category, with
-- how many people it was of.
WITH used AS (
    SELECT u.id, u.employee_id, u.department, u.units - u.back AS units, u.units AS whole
    FROM welfare_use u
    WHERE u.shop_id = %(shop_id)s AND u.company_id = %(company_id)s AND u.at >= %(since)s AND u.at < %(until)s
)
SELECT 'all', NULL, NULL::uuid, count(*), coalesce(sum(units), 0)::bigint, count(DISTINCT employee_id) FROM used
UNION ALL
SELECT 'department', department, NULL, count(*), sum(units)::bigint, count(DISTINCT employee_id) FROM used GROUP BY department
UNION ALL
SELECT 'category', NULL, p.category_id, count(*), sum(p.units * u.units / u.whole)::bigint, count(DISTINCT u.employee_id)
FROM used u JOIN welfare_use_part p ON p.shop_id = %(shop_id)s AND p.use_id = u.id GROUP BY p.category_id
