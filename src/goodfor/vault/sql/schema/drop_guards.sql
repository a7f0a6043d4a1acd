DROP TRIGGER vault_code_kept ON vault_code;
DROP FUNCTION vault_code_kept();
DROP TRIGGER vault_code_final ON vault_code;
DROP FUNCTION vault_code_final();
DROP TRIGGER vault_code_fixed ON vault_code;
DROP FUNCTION vault_code_fixed();
ALTER TABLE vault_stock_delta ALTER COLUMN id DROP IDENTITY;
ALTER TABLE vault_code DROP CONSTRAINT vault_code_fingerprint_size;
