-- Sign-ins and consents are history: written, never changed; deleted only by retention or erasure, which say so.
CREATE FUNCTION identity_history_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('goodfor.forgetting', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON identity_buyer_signin
    FOR EACH ROW EXECUTE FUNCTION identity_history_guard();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON identity_buyer_consent
    FOR EACH ROW EXECUTE FUNCTION identity_history_guard();

-- What an account is never changes hands, and what is over stays over.
CREATE FUNCTION identity_buyer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.shop_id <> OLD.shop_id THEN
        RAISE EXCEPTION 'a buyer stays in the shop' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.state = 'erased' THEN
        RAISE EXCEPTION 'an erased buyer stays erased' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER identity_buyer_guard BEFORE UPDATE ON identity_buyer
    FOR EACH ROW EXECUTE FUNCTION identity_buyer_guard();

CREATE FUNCTION identity_buyer_session_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.shop_id <> OLD.shop_id OR NEW.buyer_id <> OLD.buyer_id THEN
        RAISE EXCEPTION 'a session never changes its buyer' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'a revoked session stays revoked' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER identity_buyer_session_guard BEFORE UPDATE ON identity_buyer_session
    FOR EACH ROW EXECUTE FUNCTION identity_buyer_session_guard();

CREATE FUNCTION identity_code_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.used_at IS NOT NULL OR NEW.code_hash <> OLD.code_hash OR NEW.guesses < OLD.guesses THEN
        RAISE EXCEPTION 'a one-time code is used once, and its guesses only grow' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER identity_code_guard BEFORE UPDATE ON identity_code
    FOR EACH ROW EXECUTE FUNCTION identity_code_guard();

ALTER TABLE identity_code ADD CONSTRAINT identity_code_hashes
    CHECK (octet_length(code_hash) = 32 AND octet_length(value_index) = 16);
ALTER TABLE identity_buyer_contact ADD CONSTRAINT identity_buyer_contact_index CHECK (octet_length(value_index) = 16);
ALTER TABLE identity_buyer_session ADD CONSTRAINT identity_buyer_session_hashes
    CHECK (octet_length(token_hash) = 32 AND octet_length(device_hash) = 32);
ALTER TABLE identity_buyer_notice ADD CONSTRAINT identity_buyer_notice_small
    CHECK (jsonb_typeof(data) = 'object' AND octet_length(data::text) <= 1000);
