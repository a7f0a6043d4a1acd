"""Stripe: Checkout Sessions and PaymentIntents, refunds, disputes, and the balance as a bill."""
