DROP FUNCTION risk_training_fixed() CASCADE;
