"""Stand-ins of suppliers of codes and top-ups: several sites of several vendors in one process, on loopback.

They share no code with the product, so that their books are an independent witness: what was ordered, charged, paid
back, which codes were given out, which calls came. Public surface: `server.SupplierSandbox` (tests), `server.serve`,
`client.SuppliersClient` (another process), `python -m goodfor.sandbox.suppliers`.

    with SupplierSandbox(tmp_path) as sandbox:
        site = sandbox.site("kasushou", "a", balance="100")     # base_url, config, secrets
        (item,) = site.seed(1, cost="9.90", kind="card", stock=10)
        site.fault("lost_answer", on="create")                  # the next purchase is done, its answer is lost
        ...
        assert site.totals()["orders"] == 1

**Adding a vendor** is one module here (or a folder) of its name, which stands in `registry.NAMES`, with a `VENDOR`
that has what `vendor.Vendor` says; `kasushou.py` is the example to follow. All that lasts is the desk's; a vendor
keeps nothing.

1. `answer(request, desk)`: verify the signature by the vendor's own rule (`desk.config`, `desk.secrets` are the
   site's; `vendor.same` compares), look at the time stamp (`in_time`), read the body (`json_body`, `form_body`), then
   say what the call is about: `desk.begin("create", number=..., item=...)`. Faults that come before the work happen
   in there. After it: `desk.balance()`, `items(page, limit)`, `item(id)`, `create(Wanted(...))`, `find(number=,
   ref=)`, `cancel(order)`, `code(ref)`, `void(ref)`, `complain(...)`, `ticket(ref)`, `statement(day)`, `orders(since,
   until)`. They raise `Refused("stock" | "price" | "balance" | "off_sale" | "duplicate" | "not_found" | ...)`; let it
   pass, the frame calls `refusal` for the vendor's shape and code. Whatever `Wanted` has as guards (per unit, for
   all, exact) is looked at.
2. `order_push`, `item_push`, `ticket_push`: the signed calls with the acknowledgement that the vendor waits for. They
   are called within a transaction, when something happened, and may read nothing. `spoil` makes such a call wrong.
3. Data: `repeat` (what the same number does), `inline` (cards come with the reply; else a site delivers after its
   `delay`), `retries` (seconds; `hurry` shortens them), `currency`. States are neutral words; `odd` must be shown as
   a word that the vendor's list does not have; `partial` as the vendor's nearest. Amounts are Decimals: `two(amount)`
   writes "9.90", a JSON number is `float(amount)`. The secrets of the vendor's own encryption are derived from the
   site's name (`derived`).
4. A test in the connector's folder that buys by the connector: `goodfor/supply/tests/stands.py` helps.

**What can go wrong** (`site.fault(kind, **settings, on=endpoint, item=, number=, times=1, skip=0, share=1.0)`;
`times` None is until `reset_faults`; `share` 0.1 is one in ten, repeatable by the sandbox's `seed`). The scenarios of
the reference: answers: `lost_answer` (work done, no reply), `late_answer`, `lost_request` (no work), `html` (502
page, `work` before or after), `empty_body`, `bad_json`, `dead` (`how` refuse or 503; `site.own_port()` and
`site.down()` refuse connections), `refuse` (`why`), `throttle` (`calls` in `seconds`), `duplicate_reply`,
`doubt_reply` (both after the work), `clock`. Orders: `not_found` (`seconds` or `queries`), `odd_word`, `deliver`
(`seconds` or `queries`; 0: at once), `never`, `fail`, `partial` (`count`, `refund`), `refund_after` (`seconds`,
`part`, `tell`). Codes: `wrong_count` (`delta`), `used_code` (one that was given out before), `dirty_code` (`how` cr,
colon, picture, link, no_number, spaces). After the sale: `lies_about_codes` (says unused of a used one and the
reverse, of the same `share` of codes always), `slow_void` (`seconds` of "voiding"), `judge` (complaints are decided by
themselves after `seconds`; `outcome` books, upheld, refused), `down` (none of it answers). Calls back: `lost_push`,
`late_push`, `doubled_push`, `reordered_push`, `forged_push`, `tampered_push`, `push_first` (before the create's reply).
`shrinking`: pages lose items while they are read.

Items change by `site.change(id, cost=..., state=..., tell=True)`, orders by `site.act(number, "finish" | "partial" |
"fail" | "cancel" | "refund" | "state")`, money by `site.topup`, codes by `site.use(code, "used" | "invalid" | "voided",
at=...)`, complaints by `site.reply(ticket, text, refund=...)`.
"""
