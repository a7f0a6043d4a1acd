-- A vendor may take a text message and say later that the phone never got it; and the send log is not kept for ever.

CREATE OR REPLACE FUNCTION notify_message_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('queued', 'sending'), ('queued', 'failed'), ('queued', 'expired'),
    ('sending', 'sent'), ('sending', 'queued'), ('sending', 'failed'), ('sending', 'unknown'),
    ('unknown', 'sent'), ('unknown', 'queued'), ('unknown', 'failed'), ('unknown', 'lost'), ('unknown', 'expired'),
    ('failed', 'queued'), ('lost', 'queued'), ('sent', 'failed')
$$;

-- Messages go when they have ended and are older than the shortest time that a shop may choose, by the server's clock.
-- Their notices stay: what was told is never told again.
DROP TRIGGER notify_kept ON notify_message;
CREATE TRIGGER notify_kept BEFORE TRUNCATE ON notify_message
    FOR EACH STATEMENT EXECUTE FUNCTION notify_refuse();
CREATE FUNCTION notify_message_leaves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state NOT IN ('sent', 'failed', 'lost', 'expired') OR OLD.created_at > now() - interval '7 days' THEN
        RAISE EXCEPTION 'message % is still kept', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER notify_message_leaves BEFORE DELETE ON notify_message
    FOR EACH ROW EXECUTE FUNCTION notify_message_leaves();
