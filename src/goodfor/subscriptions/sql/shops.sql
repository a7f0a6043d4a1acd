-- subscriptions: shops in which somebody has one, or had one whose periods still run.
SELECT DISTINCT shop_id FROM subscriptions_plan WHERE state <> 'draft' ORDER BY shop_id
