"""Write use cases of partners, one a file."""
