"""Pages of finance: who is paid, what was agreed, how things are taxed, what orders earn."""
