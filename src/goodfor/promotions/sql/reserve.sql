-- promotions: all that an order takes of campaigns, or nothing; '' or what is gone (sql/schema/phases.sql).
SELECT promotions_reserve(%(shop_id)s, %(order_id)s, %(now)s, %(buyer)s, %(held)s::jsonb, %(takings)s::jsonb)
