-- What never changes or never comes back, held by the database.
CREATE FUNCTION identity_shop_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.id <> OLD.id OR NEW.currency <> OLD.currency OR NEW.code <> OLD.code THEN
        RAISE EXCEPTION 'id, code and currency of a shop never change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER identity_shop_guard BEFORE UPDATE ON identity_shop
    FOR EACH ROW EXECUTE FUNCTION identity_shop_guard();

CREATE FUNCTION identity_api_client_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.shop_id <> OLD.shop_id OR NEW.key_id <> OLD.key_id OR NEW.wallet_account <> OLD.wallet_account THEN
        RAISE EXCEPTION 'shop, key id and wallet of an API client never change' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
        RAISE EXCEPTION 'a revoked API client stays revoked' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER identity_api_client_guard BEFORE UPDATE ON identity_api_client
    FOR EACH ROW EXECUTE FUNCTION identity_api_client_guard();

CREATE FUNCTION identity_signin_link_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.used_at IS NOT NULL THEN
        RAISE EXCEPTION 'a sign-in link is used once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER identity_signin_link_guard BEFORE UPDATE ON identity_signin_link
    FOR EACH ROW EXECUTE FUNCTION identity_signin_link_guard();

ALTER TABLE identity_shop ADD CONSTRAINT identity_shop_settings_small
    CHECK (jsonb_typeof(settings) = 'object' AND octet_length(settings::text) <= 16384);
ALTER TABLE identity_api_client ADD CONSTRAINT identity_api_client_hashes
    CHECK (octet_length(secret_hash) = 32 AND octet_length(COALESCE(previous_secret_hash, secret_hash)) = 32
           AND octet_length(COALESCE(signing_public_key, secret_hash)) = 32);
ALTER TABLE identity_signin_link ADD CONSTRAINT identity_signin_link_hash CHECK (octet_length(token_hash) = 32);
