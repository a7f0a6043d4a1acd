DROP TRIGGER aftersales_promise_kept ON aftersales_promise;
DROP FUNCTION aftersales_promise_refuse();
