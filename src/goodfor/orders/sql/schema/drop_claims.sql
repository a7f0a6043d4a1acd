DROP TRIGGER orders_claim_guard ON orders_claim;
DROP FUNCTION orders_claim_guard();
DROP TRIGGER orders_claim_unit_kept ON orders_claim_unit;
DROP TRIGGER orders_claim_unit_guard ON orders_claim_unit;
DROP FUNCTION orders_claim_unit_guard();
