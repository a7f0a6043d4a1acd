-- Undo buyer_guards.sql.
ALTER TABLE identity_buyer_notice DROP CONSTRAINT identity_buyer_notice_small;
ALTER TABLE identity_buyer_session DROP CONSTRAINT identity_buyer_session_hashes;
ALTER TABLE identity_buyer_contact DROP CONSTRAINT identity_buyer_contact_index;
ALTER TABLE identity_code DROP CONSTRAINT identity_code_hashes;
DROP TRIGGER identity_code_guard ON identity_code;
DROP FUNCTION identity_code_guard();
DROP TRIGGER identity_buyer_session_guard ON identity_buyer_session;
DROP FUNCTION identity_buyer_session_guard();
DROP TRIGGER identity_buyer_guard ON identity_buyer;
DROP FUNCTION identity_buyer_guard();
DROP TRIGGER append_only ON identity_buyer_consent;
DROP TRIGGER append_only ON identity_buyer_signin;
DROP FUNCTION identity_history_guard();
