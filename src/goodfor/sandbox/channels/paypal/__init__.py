"""PayPal: orders, captures, refunds, disputes and webhooks, as a merchant sees them."""
