DROP TRIGGER supply_kept ON supply_movement;
DROP TRIGGER supply_kept ON supply_balance_day;
DROP TRIGGER supply_kept ON supply_finding;
