"""Pages of settlement: cycles, statements, payouts."""
