DROP TRIGGER notify_message_leaves ON notify_message;
DROP FUNCTION notify_message_leaves();
DROP TRIGGER notify_kept ON notify_message;
CREATE TRIGGER notify_kept BEFORE DELETE OR TRUNCATE ON notify_message
    FOR EACH STATEMENT EXECUTE FUNCTION notify_refuse();
CREATE OR REPLACE FUNCTION notify_message_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('queued', 'sending'), ('queued', 'failed'), ('queued', 'expired'),
    ('sending', 'sent'), ('sending', 'queued'), ('sending', 'failed'), ('sending', 'unknown'),
    ('unknown', 'sent'), ('unknown', 'queued'), ('unknown', 'failed'), ('unknown', 'lost'), ('unknown', 'expired'),
    ('failed', 'queued'), ('lost', 'queued')
$$;
