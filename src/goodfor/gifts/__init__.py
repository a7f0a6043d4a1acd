"""Gifts: something held is given to another person by a link, and can be taken back until it is opened."""
