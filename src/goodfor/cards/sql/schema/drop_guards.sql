DROP TRIGGER cards_card_guard ON cards_card;
DROP TRIGGER cards_card_kept ON cards_card;
DROP TRIGGER cards_back_kept ON cards_back;
DROP TRIGGER cards_program_guard ON cards_program;
DROP TRIGGER cards_batch_guard ON cards_batch;
DROP FUNCTION cards_card_guard, cards_program_guard, cards_batch_guard, cards_refuse;
