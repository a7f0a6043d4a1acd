"""Write use cases of payments, one a file."""
