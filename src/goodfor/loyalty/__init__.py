"""Points and their like: kept in lots, trusted like money, worth what the books say."""
