DROP TRIGGER payments_kept ON payments_bill_line;
DROP TRIGGER payments_kept ON payments_bill;
DROP TRIGGER payments_bill_guard ON payments_bill;
DROP FUNCTION payments_bill_guard();
DROP TRIGGER payments_kept ON payments_dispute;
DROP TRIGGER payments_dispute_guard ON payments_dispute;
DROP FUNCTION payments_dispute_guard();
DROP FUNCTION payments_bill_moves();
DROP FUNCTION payments_dispute_moves();
