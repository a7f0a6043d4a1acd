-- What guards.sql made.
DROP TRIGGER welfare_grant_line_guard ON welfare_grant_line;
DROP FUNCTION welfare_grant_line_guard();
DROP TRIGGER welfare_grant_guard ON welfare_grant;
DROP FUNCTION welfare_grant_guard();
DROP TRIGGER welfare_use_kept ON welfare_use;
DROP TRIGGER welfare_prepayment_kept ON welfare_prepayment;
DROP FUNCTION welfare_refuse();
