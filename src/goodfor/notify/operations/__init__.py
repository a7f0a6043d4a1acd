"""Write use cases of notify, one a file."""
