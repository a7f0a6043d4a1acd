-- A shop's cohorts: (cohort, month, buyers, orders, paid), the newest first.
SELECT cohort, month, buyers, orders, paid_minor FROM insights_cohort
 WHERE shop_id = %(shop_id)s AND currency = %(currency)s AND cohort >= %(first)s
 ORDER BY cohort DESC, month
