-- Note that a session is in use, at most once a minute; no row when it was ended.
UPDATE console_session SET last_seen_at = %(now)s
WHERE id = %(session_id)s AND ended_at IS NULL AND last_seen_at < %(now)s::timestamptz - interval '1 minute'
