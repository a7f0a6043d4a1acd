"""Payments: attempts to be paid, the channels that pay, what they tell us, and giving money back.

This room decides what a channel said; it never decides what the money means. It posts nothing in the ledger and
knows no order: `source_type` and `source_id` are opaque. How it works together with its caller (the orders room):

* Paying by balance: `pay_by_balance` inserts a succeeded payment inside the caller's transaction, in one statement.
* Paying by a channel: `begin_payment` (never inside a transaction) makes one attempt with one number and returns an
  `Instruction`. The channel's notify comes to the caller, who does `record_callback` (raw bytes into the inbox,
  committed) -> `confirm_fact` (asks the channel, outside of any transaction) -> `apply_fact` in its own transaction,
  together with the order, the codes and the posting that `Applied.entry()` describes. Then it answers `receipt.ack`.
* When no notify comes, the loop in `tasks.py` asks the channel. What it learns is written as an unapplied fact with the
  event `FactRecorded`; the caller's handler reads it with `queries.recorded` and calls the same `apply_fact`.
  So there is one function that applies facts, and each fact is applied once however often and whence it comes.
* Giving back: `request_refund` (inside the caller's transaction, idempotent by its business key) -> `execute_refund`
  (outside, by the loop, or at once by the caller after its commit) -> events `RefundSucceeded` or `RefundFailed`.
  A refund to the balance succeeds inside `request_refund` itself and sends no event: the caller sees the state.
* Charging again by a stored consent: `start_mandate` (where the holder signs), `charge_mandate` (a payment without a
  page, told by `FactRecorded` or `ChargeRefused`), `end_mandate`. Loops ask, send and end at the channel.
* What nobody can decide by rule becomes a case (`payments_case`), opened once for each business key.

A notify is a hint, a browser's return is nothing, the channel's answer to a query is the truth.
"""
