-- Store one event with its cause.
INSERT INTO kernel_event (shop_id, name, version, payload, cause_type, cause_id, occurred_at)
VALUES (%(shop_id)s, %(name)s, %(version)s, %(payload)s::text::jsonb, %(cause_type)s, %(cause_id)s, %(now)s)
