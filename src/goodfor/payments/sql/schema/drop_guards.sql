-- Takes the guards of payments away.
DROP FUNCTION payments_refuse() CASCADE;
DROP FUNCTION payments_payment_guard() CASCADE;
DROP FUNCTION payments_fact_guard() CASCADE;
DROP FUNCTION payments_inbox_guard() CASCADE;
DROP FUNCTION payments_refund_guard() CASCADE;
DROP FUNCTION payments_refund_reserve() CASCADE;
DROP FUNCTION payments_account_guard() CASCADE;
DROP FUNCTION payments_payment_moves();
DROP FUNCTION payments_refund_moves();
