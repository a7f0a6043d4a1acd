"""A month of a shop in told time: buyers good and bad, suppliers that sell bad codes, and every promise kept."""
