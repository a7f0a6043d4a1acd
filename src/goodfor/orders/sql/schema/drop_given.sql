-- The guards of given codes, away again.

DROP TRIGGER orders_given_guard ON orders_given;
DROP FUNCTION orders_given_guard();
