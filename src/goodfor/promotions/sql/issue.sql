-- promotions: coupons of a batch for many buyers, once each for a period (sql/schema/issue.sql).
SELECT promotions_issue(%(shop_id)s, %(batch_id)s, %(period)s, %(buyers)s::text[], %(now)s)
