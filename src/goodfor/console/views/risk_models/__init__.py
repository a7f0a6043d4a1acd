"""Pages of models, labels, doors, and of what was planted."""
