"""Write use cases of reconciliation."""
