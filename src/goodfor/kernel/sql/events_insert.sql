-- Store several events, each with its cause, in the order given.
INSERT INTO kernel_event (shop_id, name, version, payload, cause_type, cause_id, occurred_at)
SELECT %(shop_id)s, e.event ->> 'name', (e.event ->> 'version')::smallint, (e.event ->> 'payload')::jsonb,
       e.event ->> 'cause_type', (e.event ->> 'cause_id')::uuid, %(now)s
  FROM jsonb_array_elements(%(events)s::text::jsonb) WITH ORDINALITY AS e(event, i)
 ORDER BY e.i
