"""What the demo does to a shop, one use case a file."""
