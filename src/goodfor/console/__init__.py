"""What the staff of a shop see: for now lists to look at, behind a one-time link."""
