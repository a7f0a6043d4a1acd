-- The guards of gifts, away again.

DROP TRIGGER gifts_gift_guard ON gifts_gift;
DROP FUNCTION gifts_gift_guard();
