-- A shop's visits of the storefront by time: (key, came, looked, checked_out, views).
SELECT CASE %(by)s::text WHEN 'day' THEN day::text WHEN 'week' THEN date_trunc('week', day)::date::text
            WHEN 'month' THEN date_trunc('month', day)::date::text ELSE '' END AS key,
       coalesce(sum(visitors) FILTER (WHERE step = 'came'), 0)::bigint,
       coalesce(sum(visitors) FILTER (WHERE step = 'looked'), 0)::bigint,
       coalesce(sum(visitors) FILTER (WHERE step = 'checked_out'), 0)::bigint, sum(views)::bigint
  FROM insights_visit WHERE shop_id = %(shop_id)s AND day >= %(first)s AND day <= %(last)s
 GROUP BY 1
