-- Undo guards.sql.
ALTER TABLE identity_signin_link DROP CONSTRAINT identity_signin_link_hash;
ALTER TABLE identity_api_client DROP CONSTRAINT identity_api_client_hashes;
ALTER TABLE identity_shop DROP CONSTRAINT identity_shop_settings_small;
DROP TRIGGER identity_signin_link_guard ON identity_signin_link;
DROP FUNCTION identity_signin_link_guard();
DROP TRIGGER identity_api_client_guard ON identity_api_client;
DROP FUNCTION identity_api_client_guard();
DROP TRIGGER identity_shop_guard ON identity_shop;
DROP FUNCTION identity_shop_guard();
