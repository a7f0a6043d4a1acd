"""One module a vendor: what its interface checks and answers."""
