"""PayPal: orders that we capture, refunds of captures, events signed with a certificate."""
