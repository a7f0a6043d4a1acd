DROP TRIGGER notify_account_guard ON notify_account;
DROP TRIGGER notify_template_guard ON notify_template;
DROP TRIGGER notify_message_guard ON notify_message;
DROP TRIGGER notify_kept ON notify_notice;
DROP TRIGGER notify_kept ON notify_message;
DROP TRIGGER notify_kept ON notify_template;
DROP TRIGGER notify_kept ON notify_account;
DROP FUNCTION notify_account_guard(), notify_template_guard(), notify_message_guard(), notify_message_moves(),
    notify_refuse();
