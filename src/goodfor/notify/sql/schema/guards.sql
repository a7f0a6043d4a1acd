-- Guards of notify that hold for raw SQL too: allowed moves only, fixed identities, a business key for ever.

ALTER TABLE notify_message SET (fillfactor = 80);

CREATE FUNCTION notify_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER notify_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON notify_notice
    FOR EACH STATEMENT EXECUTE FUNCTION notify_refuse();
CREATE TRIGGER notify_kept BEFORE DELETE OR TRUNCATE ON notify_message
    FOR EACH STATEMENT EXECUTE FUNCTION notify_refuse();
CREATE TRIGGER notify_kept BEFORE DELETE OR TRUNCATE ON notify_template
    FOR EACH STATEMENT EXECUTE FUNCTION notify_refuse();
CREATE TRIGGER notify_kept BEFORE DELETE OR TRUNCATE ON notify_account
    FOR EACH STATEMENT EXECUTE FUNCTION notify_refuse();

-- The moves of states.MESSAGE; a test holds them equal.
CREATE FUNCTION notify_message_moves() RETURNS TABLE (before text, after text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  VALUES
    ('queued', 'sending'), ('queued', 'failed'), ('queued', 'expired'),
    ('sending', 'sent'), ('sending', 'queued'), ('sending', 'failed'), ('sending', 'unknown'),
    ('unknown', 'sent'), ('unknown', 'queued'), ('unknown', 'failed'), ('unknown', 'lost'), ('unknown', 'expired'),
    ('failed', 'queued'), ('lost', 'queued')
$$;

CREATE FUNCTION notify_message_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.notice_id, NEW.scene, NEW.subject, NEW.audience, NEW.channel, NEW.secret,
           NEW.recipient_index, NEW.created_at)
       IS DISTINCT FROM
       ROW(OLD.id, OLD.shop_id, OLD.notice_id, OLD.scene, OLD.subject, OLD.audience, OLD.channel, OLD.secret,
           OLD.recipient_index, OLD.created_at)
       OR (NEW.state <> OLD.state AND NOT EXISTS (SELECT FROM notify_message_moves() m
                                                  WHERE m.before = OLD.state AND m.after = NEW.state))
       OR (OLD.content_blob IS NULL AND NEW.content_blob IS NOT NULL)
    THEN
        RAISE EXCEPTION 'message % cannot change so', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notify_message_guard BEFORE UPDATE ON notify_message
    FOR EACH ROW EXECUTE FUNCTION notify_message_guard();

-- A version is what was said; only its end is written later, once.
CREATE FUNCTION notify_template_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.valid_to IS NOT NULL OR (to_jsonb(NEW) - 'valid_to') IS DISTINCT FROM (to_jsonb(OLD) - 'valid_to') THEN
        RAISE EXCEPTION 'template version % stays as it is', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notify_template_guard BEFORE UPDATE ON notify_template
    FOR EACH ROW EXECUTE FUNCTION notify_template_guard();

-- An account keeps its settings: others are a new row. Switched on and off, ended once, its secrets sealed anew.
CREATE FUNCTION notify_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF ROW(NEW.id, NEW.shop_id, NEW.channel, NEW.provider, NEW.config, NEW.valid_from)
       IS DISTINCT FROM ROW(OLD.id, OLD.shop_id, OLD.channel, OLD.provider, OLD.config, OLD.valid_from)
       OR (OLD.valid_to IS NOT NULL AND NEW.valid_to IS DISTINCT FROM OLD.valid_to)
    THEN
        RAISE EXCEPTION 'account % cannot change so; open a new one', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notify_account_guard BEFORE UPDATE ON notify_account
    FOR EACH ROW EXECUTE FUNCTION notify_account_guard();
