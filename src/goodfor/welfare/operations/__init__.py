"""Write use cases of welfare, one a file."""
