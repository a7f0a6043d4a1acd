DROP TRIGGER risk_model_fixed ON risk_model;
DROP TRIGGER risk_model_kept ON risk_model;
DROP FUNCTION risk_model_refuse();
ALTER TABLE risk_model DROP CONSTRAINT risk_model_digest;
