DROP TABLE kernel_audit_head;
DROP FUNCTION kernel_audit_text(kernel_audit, smallint);
ALTER TABLE kernel_audit_seal DROP COLUMN version;
