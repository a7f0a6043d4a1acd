-- vault, platform job: how many codes are sealed with each key.
SELECT key_id::int, count(*)::bigint FROM vault_code GROUP BY key_id
