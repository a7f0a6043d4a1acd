"""A stand-in for a tax office's issuing gateway: keeps its own books of invoices, and fails on demand."""
