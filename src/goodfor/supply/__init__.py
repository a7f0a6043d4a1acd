"""What a shop sells and does not stock: suppliers, what they offer, and buying from them once (ADR 23).

An order wants (`operations.want_supply`), loops buy and ask (`buy_due`, `ask_due`), calls are heard (`hear_call`); the
ends come as `events.LineSupplied` and `events.LineFailed`. Whoever waits no longer says so (`close_want.give_up`).
"""
