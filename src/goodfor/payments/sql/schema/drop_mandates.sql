DROP TRIGGER payments_kept ON payments_mandate_charge;
DROP TRIGGER payments_kept ON payments_mandate;
DROP TRIGGER payments_charge_guard ON payments_mandate_charge;
DROP FUNCTION payments_charge_guard();
DROP TRIGGER payments_mandate_guard ON payments_mandate;
DROP FUNCTION payments_mandate_guard();
DROP FUNCTION payments_charge_moves();
DROP FUNCTION payments_mandate_moves();
