-- Takes the guards off again (migrating backward).
DROP TRIGGER payments_inbox_guard ON payments_inbox;
DROP FUNCTION payments_inbox_guard();
DROP TRIGGER payments_fact_guard ON payments_fact;
DROP FUNCTION payments_fact_guard();
DROP TRIGGER payments_refund_reserve ON payments_refund;
DROP FUNCTION payments_refund_reserve();
DROP TRIGGER payments_payment_guard ON payments_payment;
DROP FUNCTION payments_payment_guard();
