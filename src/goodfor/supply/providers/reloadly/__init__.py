"""Reloadly gift cards: cards of many countries; an order is found again only in a list of the time."""
