"""A Goodfor elsewhere, bought at through its REST API as one of its API clients, from a prepaid balance."""
