"""Which handler hears which event, which truths are audited, which loops run. The only place that sees all rooms."""

from importlib import import_module, util

from django.conf import settings

from goodfor.kernel import audit, events, invariants


def connect() -> None:
    """Register handlers, invariants and loops of the installed rooms; called once when all apps are loaded."""
    invariants.register(audit.INVARIANTS)
    import_module("goodfor.kernel.relay")
    for room in settings.ROOMS:
        for part in ("tasks", "invariants"):
            if room == "kernel" or util.find_spec(f"goodfor.{room}.{part}") is None:
                continue
            module = import_module(f"goodfor.{room}.{part}")
            if part == "invariants":
                invariants.register(module.INVARIANTS)
    if "orders" in settings.ROOMS:
        _orders_hear()
    if "notify" in settings.ROOMS:
        import_module("goodfor.config.codes").listen()
    if "storefront" in settings.ROOMS:
        _codes_go_out()


def _orders_hear() -> None:
    handlers = import_module("goodfor.orders.handlers")
    payments = import_module("goodfor.payments.events")
    vault = import_module("goodfor.vault.events")
    identity = import_module("goodfor.identity.events")
    events.register(payments.FactRecorded, handlers.on_fact_recorded, name="orders.on_fact_recorded")
    events.register(payments.RefundSucceeded, handlers.on_refund_succeeded, name="orders.on_refund_succeeded")
    events.register(vault.BatchActivated, handlers.on_batch_activated, name="orders.on_batch_activated")
    events.register(identity.BuyerErasing, handlers.on_buyer_erasing, name="orders.on_buyer_erasing")


def _codes_go_out() -> None:
    """One-time codes: to the demo's own page, else by the shop's channels; without either none are offered."""
    install = import_module("goodfor.storefront.sending").install
    if settings.GOODFOR_DEMO_MESSAGES:
        install(import_module("goodfor.config.demo_messages").send)
    elif "notify" in settings.ROOMS:
        install(import_module("goodfor.config.codes").send)
