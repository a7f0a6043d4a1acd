DROP TRIGGER vault_code_planted ON vault_code;
DROP FUNCTION vault_code_planted();
