DROP TRIGGER invoices_kept ON invoices_invoice;
DROP TRIGGER invoices_kept ON invoices_line;
DROP TRIGGER invoices_invoice_guard ON invoices_invoice;
DROP TRIGGER invoices_line_guard ON invoices_line;
DROP FUNCTION invoices_refuse();
DROP FUNCTION invoices_invoice_guard();
DROP FUNCTION invoices_line_guard();
