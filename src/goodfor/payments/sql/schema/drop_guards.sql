DROP TRIGGER reserves ON payments_refund;
DROP FUNCTION payments_refund_reserves();
DROP TRIGGER stays ON payments_fact;
DROP FUNCTION payments_fact_stays();
