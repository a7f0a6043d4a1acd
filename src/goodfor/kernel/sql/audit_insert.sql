-- One line of the audit trail.
INSERT INTO kernel_audit (shop_id, actor, action, subject_type, subject_id, data, at)
VALUES (%(shop_id)s, %(actor)s, %(action)s, %(subject_type)s, %(subject_id)s, %(data)s, %(now)s)
