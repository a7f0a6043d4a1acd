"""What members' rooms hear: cards, the mall, partners in points, welfare, gifts and subscriptions."""

from importlib import import_module

from django.conf import settings

from goodfor.kernel import events


def listen() -> None:
    """Called once by the wiring."""
    for room, hears in (
        ("cards", _cards_hear), ("mall", _mall_hears), ("partners", _partners_hear), ("welfare", _welfare_hears),
        ("gifts", _gifts_hear), ("subscriptions", _subscriptions_hear),
    ):  # fmt: skip
        if room in settings.ROOMS:
            hears()


def _cards_hear() -> None:
    handlers = import_module("goodfor.cards.handlers")
    orders = import_module("goodfor.orders.events")
    back, by_card = handlers.on_order_back, handlers.paid_by_card
    for event in (orders.OrderRefunded, orders.OrderPartlyRefunded):
        events.register(event, back, name=f"cards.on_{event.name.split('.')[1]}", concern=by_card)


def _mall_hears() -> None:
    handlers = import_module("goodfor.mall.handlers")
    orders = import_module("goodfor.orders.events")
    for event in (orders.OrderClosed, orders.OrderRefunded):
        name = f"mall.on_{event.name.split('.')[1]}"
        events.register(event, handlers.on_order_over, name=name, concern=handlers.is_redemption)
    for event in (orders.OrderRefunded, orders.OrderPartlyRefunded):
        name = f"mall.prize_on_{event.name.split('.')[1]}"
        events.register(event, handlers.on_prize_back, name=name, concern=handlers.is_prize)


def _partners_hear() -> None:
    handlers = import_module("goodfor.partners.handlers")
    identity = import_module("goodfor.identity.events")
    orders = import_module("goodfor.orders.events")
    theirs = handlers.is_exchange
    events.register(identity.BuyerErasing, handlers.on_buyer_erasing, name="partners.on_buyer_erasing")
    delivered = handlers.on_order_delivered
    events.register(orders.OrderDelivered, delivered, name="partners.on_order_delivered", concern=theirs)
    for event in (orders.OrderRefunded, orders.OrderPartlyRefunded):
        name = f"partners.on_{event.name.split('.')[1]}"
        events.register(event, handlers.on_order_back, name=name, concern=theirs)


def _welfare_hears() -> None:
    handlers = import_module("goodfor.welfare.handlers")
    own = import_module("goodfor.welfare.events")
    orders = import_module("goodfor.orders.events")
    identity = import_module("goodfor.identity.events")
    events.register(own.BudgetWasShort, handlers.on_budget_was_short, name="welfare.tell_budget_was_short")
    for event in (orders.OrderRefunded, orders.OrderPartlyRefunded, orders.OrderClosed):
        name = f"welfare.on_{event.name.split('.')[1]}"
        events.register(event, handlers.on_order_back, name=name, concern=handlers.by_units)
    events.register(
        identity.BuyerErasing, handlers.on_buyer_erasing, name="welfare.on_buyer_erasing",
        concern=handlers.works_somewhere,
    )  # fmt: skip


def _gifts_hear() -> None:
    handlers = import_module("goodfor.gifts.handlers")
    orders = import_module("goodfor.orders.events")
    identity = import_module("goodfor.identity.events")
    changed = handlers.on_order_changed
    events.register(orders.OrderDelivered, changed, name="gifts.on_order_delivered", concern=handlers.is_buyers)
    for event in (orders.OrderRefunding, orders.OrderPartlyRefunded, orders.OrderClaimClosed, orders.OrderTakenIn):
        name = f"gifts.on_{event.name.split('.')[1]}"
        events.register(event, changed, name=name, concern=handlers.is_held)
    events.register(orders.OrderGiftEnded, handlers.on_order_gift_ended, name="gifts.on_order_gift_ended")
    events.register(identity.BuyerErasing, handlers.on_buyer_erasing, name="gifts.on_buyer_erasing")


def _subscriptions_hear() -> None:
    handlers = import_module("goodfor.subscriptions.handlers")
    payments = import_module("goodfor.payments.events")
    orders = import_module("goodfor.orders.events")
    identity = import_module("goodfor.identity.events")
    applier = import_module("goodfor.subscriptions.operations.apply_charge_fact").apply_charge_fact
    import_module("goodfor.payments.operations.hand_over").takes_facts(handlers.SOURCE, applier)
    for event, handler, concern in (
        (payments.MandateActive, handlers.on_mandate_active, handlers.of_a_subscription),
        (payments.MandateEnded, handlers.on_mandate_ended, handlers.of_a_subscription),
        (payments.ChargeRefused, handlers.on_charge_refused, handlers.of_a_period),
        (payments.DisputeEnded, handlers.on_dispute_lost, handlers.was_lost),
        (orders.OrderRefunded, handlers.on_order_back, handlers.was_picked),
        (orders.OrderPartlyRefunded, handlers.on_order_back, handlers.was_picked),
        (identity.BuyerErasing, handlers.on_buyer_erasing, handlers.has_any),
    ):
        events.register(event, handler, name=f"subscriptions.on_{event.name.split('.')[1]}", concern=concern)
