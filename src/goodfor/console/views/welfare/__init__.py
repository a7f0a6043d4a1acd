"""Pages of companies that give their people something."""
