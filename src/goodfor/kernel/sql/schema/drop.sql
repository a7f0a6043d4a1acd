DROP FUNCTION kernel_audit_text(kernel_audit);
DROP TABLE kernel_event, kernel_event_cursor, kernel_event_handled, kernel_event_retry, kernel_idempotency,
    kernel_history, kernel_data_key, kernel_audit, kernel_audit_seal;
DROP FUNCTION kernel_refuse_change();
