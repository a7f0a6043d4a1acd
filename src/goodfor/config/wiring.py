"""Who hears which event, what is audited, which loops run, what is sealed. The only place that sees all rooms."""

from importlib import import_module, util
from typing import Final

from django.conf import settings

from goodfor.kernel import audit, events, invariants, sealed, truths


def connect() -> None:
    """Register handlers, invariants, loops and sealed columns of the installed rooms; called once, after all apps."""
    invariants.register([*audit.INVARIANTS, *truths.INVARIANTS])
    for part in ("relay", "purge", "audit_check"):
        import_module(f"goodfor.kernel.{part}")
    for room in settings.ROOMS:
        for part in ("tasks", "invariants", "sealed"):
            if room == "kernel" or util.find_spec(f"goodfor.{room}.{part}") is None:
                continue
            module = import_module(f"goodfor.{room}.{part}")
            if part == "invariants":
                invariants.register(module.INVARIANTS)
            elif part == "sealed":
                sealed.register(module.SEALED)
    invariants.register([sealed.invariant()])
    if "risk" in settings.ROOMS:
        _risk_hears()
        if {"orders", "aftersales"} <= set(settings.ROOMS):
            import_module("goodfor.config.risk_wiring").connect()
            import_module("goodfor.config.risk_wiring").listen()
            import_module("goodfor.config.risk_hints").listen()
        if {"console", "orders", "supply"} <= set(settings.ROOMS):
            import_module("goodfor.config.risk_staff").listen()
    if "orders" in settings.ROOMS:
        _orders_hear()
    if "aftersales" in settings.ROOMS:
        _promises_are_paid()
        _aftersales_hears()
    if {"orders", "promotions"} <= set(settings.ROOMS):
        import_module("goodfor.config.group_wiring").listen()
    if "promotions" in settings.ROOMS:
        _promotions_hear()
    if {"orders", "loyalty"} <= set(settings.ROOMS):
        _members_hear()
    if "referrals" in settings.ROOMS:
        _referrals_hear()
        if "promotions" in settings.ROOMS:
            import_module("goodfor.config.referral_wiring").connect()
    import_module("goodfor.config.member_wiring").listen()
    if {"settlement", "finance"} <= set(settings.ROOMS):
        import_module("goodfor.config.settlement_wiring").connect()
    if "invoices" in settings.ROOMS:
        _invoices_hear()
    if "notify" in settings.ROOMS:
        _people_are_told()
    if {"supply", "orders"} <= set(settings.ROOMS):
        import_module("goodfor.config.complaints").listen()
    if {"supply", "orders", "openapi"} <= set(settings.ROOMS):
        import_module("goodfor.config.siblings").listen()
    if "storefront" in settings.ROOMS:
        _codes_go_out()


#: Who tells people of what, and the rooms whose news it is, beside `notify`.
_TOLD: Final[tuple[tuple[frozenset[str], tuple[str, ...]], ...]] = (
    (frozenset(), ("codes", "account_messages")),
    (frozenset({"orders"}), ("messages", "claim_messages", "supply_messages")),
    (frozenset({"orders", "risk", "console"}), ("risk_messages",)),
    (frozenset({"orders", "promotions"}), ("promotion_messages", "group_messages")),
    (frozenset({"orders", "promotions", "referrals"}), ("referral_messages",)),
    (frozenset({"orders", "gifts"}), ("gift_messages",)),
    (frozenset({"orders", "insights"}), ("insight_messages",)),
    (frozenset({"orders", "subscriptions"}), ("subscription_messages",)),
)


def _people_are_told() -> None:
    for rooms, modules in _TOLD:
        if rooms <= set(settings.ROOMS):
            for module in modules:
                import_module(f"goodfor.config.{module}").listen()
    import_module("goodfor.config.job_messages")
    if {"orders", "loyalty"} <= set(settings.ROOMS):
        import_module("goodfor.config.loyalty_messages")


def _risk_hears() -> None:
    own = import_module("goodfor.risk.events")
    reviews = import_module("goodfor.risk.review_handlers")
    events.register(
        own.ActStopped, reviews.on_act_stopped, name="risk.review_on_act_stopped", concern=reviews.needs_person
    )


def _orders_hear() -> None:
    handlers = import_module("goodfor.orders.handlers")
    payments = import_module("goodfor.payments.events")
    supply = import_module("goodfor.supply.events")
    vault = import_module("goodfor.vault.events")
    identity = import_module("goodfor.identity.events")
    events.register(
        payments.FactRecorded, handlers.on_fact_recorded, name="orders.on_fact_recorded", before=handlers.judge_fact
    )
    events.register(payments.RefundSucceeded, handlers.on_refund_succeeded, name="orders.on_refund_succeeded")
    events.register(payments.RefundFailed, handlers.on_refund_failed, name="orders.on_refund_failed")
    events.register(supply.LineSupplied, handlers.on_line_supplied, name="orders.on_line_supplied")
    events.register(supply.LineFailed, handlers.on_line_failed, name="orders.on_line_failed")
    events.register(vault.BatchActivated, handlers.on_batch_activated, name="orders.on_batch_activated")
    events.register(vault.CodesVoided, handlers.on_codes_voided, name="orders.on_codes_voided")
    events.register(identity.BuyerErasing, handlers.on_buyer_erasing, name="orders.on_buyer_erasing")


def _promises_are_paid() -> None:
    handlers = import_module("goodfor.aftersales.grant_handlers")
    aftersales = import_module("goodfor.aftersales.events")
    orders = import_module("goodfor.orders.events")
    supply = import_module("goodfor.supply.events")
    events.register(supply.ComplaintEnded, handlers.on_complaint_ended, name="aftersales.recover_on_complaint_ended")
    events.register(
        aftersales.CaseDecided, handlers.on_case_decided, name="aftersales.pay_on_case_decided",
        concern=handlers.is_proven,
    )  # fmt: skip
    events.register(
        aftersales.DeadlineMissed, handlers.on_deadline_missed, name="aftersales.pay_on_deadline_missed",
        concern=handlers.costs_goodwill,
    )  # fmt: skip
    events.register(
        orders.OrderDelivered, handlers.on_order_delivered, name="aftersales.on_order_delivered",
        concern=handlers.may_be_late,
    )  # fmt: skip


def _aftersales_hears() -> None:
    handlers = import_module("goodfor.aftersales.handlers")
    own = import_module("goodfor.aftersales.events")
    orders = import_module("goodfor.orders.events")
    supply = import_module("goodfor.supply.events")
    events.register(supply.SupplierAnswered, handlers.on_supplier_answered, name="aftersales.on_supplier_answered")
    events.register(orders.OrderClaimClosed, handlers.on_claim_closed, name="aftersales.on_claim_closed")
    failed = handlers.on_replacement_failed
    events.register(orders.OrderReplacementFailed, failed, name="aftersales.on_replacement_failed")
    events.register(
        own.CaseDecided, handlers.on_case_decided, name="aftersales.on_case_decided", concern=handlers.proved
    )


def _promotions_hear() -> None:
    handlers = import_module("goodfor.promotions.handlers")
    identity = import_module("goodfor.identity.events")
    events.register(identity.BuyerErasing, handlers.on_buyer_erasing, name="promotions.on_buyer_erasing")


def _members_hear() -> None:
    import_module("goodfor.config.loyalty_wiring").listen()
    if "promotions" in settings.ROOMS:
        import_module("goodfor.config.member_coupons")
    if {"aftersales", "referrals"} <= set(settings.ROOMS):
        import_module("goodfor.config.task_wiring").listen()


def _referrals_hear() -> None:
    handlers = import_module("goodfor.referrals.handlers")
    orders = import_module("goodfor.orders.events")
    payments = import_module("goodfor.payments.events")
    identity = import_module("goodfor.identity.events")
    delivered = handlers.on_order_delivered
    events.register(orders.OrderDelivered, delivered, name="referrals.on_order_delivered", concern=handlers.may_earn)
    for event in (orders.OrderRefunding, orders.OrderPartlyRefunded, orders.OrderRefunded, orders.OrderClaimClosed):
        name = f"referrals.on_{event.name.split('.')[1]}"
        events.register(event, handlers.on_order_back, name=name, concern=handlers.has_rewards)
    lost = handlers.on_dispute_ended
    events.register(payments.DisputeEnded, lost, name="referrals.on_dispute_ended", concern=handlers.was_lost)
    events.register(identity.BuyerErasing, handlers.on_buyer_erasing, name="referrals.on_buyer_erasing")


def _invoices_hear() -> None:
    handlers = import_module("goodfor.invoices.handlers")
    orders = import_module("goodfor.orders.events")
    changed = handlers.on_order_changed
    events.register(orders.OrderDelivered, changed, name="invoices.on_order_delivered", concern=handlers.has_title)
    for event in (orders.OrderRefunded, orders.OrderPartlyRefunded):
        name = f"invoices.on_{event.name.split('.')[1]}"
        events.register(event, changed, name=name, concern=handlers.has_invoice)


def _codes_go_out() -> None:
    """One-time codes: to the demo's own page, else by the shop's channels; without either none are offered."""
    install = import_module("goodfor.storefront.sending").install
    if settings.GOODFOR_DEMO_MESSAGES:
        install(import_module("goodfor.config.demo_messages").send)
    elif "notify" in settings.ROOMS:
        install(import_module("goodfor.config.codes").send)
