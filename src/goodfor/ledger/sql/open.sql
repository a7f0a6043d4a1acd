-- Open an account; see sql/schema/open.sql.
SELECT ledger_open(%(shop_id)s, %(code)s, %(currency)s, %(guarded)s, %(floor_minor)s::bigint, %(slices)s::integer, coalesce(%(now)s::timestamptz, now()))
