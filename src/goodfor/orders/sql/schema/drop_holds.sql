DROP TRIGGER orders_hold_guard ON orders_hold;
DROP FUNCTION orders_hold_guard();
DROP TRIGGER orders_held_guard ON orders_order;
DROP FUNCTION orders_held_guard();
