-- Shops with links that their groups do not know yet.
SELECT DISTINCT shop_id FROM risk_link WHERE NOT settled
