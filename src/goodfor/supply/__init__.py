"""What a shop sells and does not stock: suppliers, what they offer, and buying from them once (ADR 23).

An order wants (`operations.want_supply`), the loops buy (`buy_due`), ask (`ask_due`) and hear (`hear_call`); the ends come as
`events.LineSupplied` and `events.LineFailed`. Whoever waits no longer says so (`close_want.give_up`).
"""
