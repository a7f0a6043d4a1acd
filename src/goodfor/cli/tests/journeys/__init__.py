"""Whole journeys of people: a real `up`, the payment stand-in, and a browser that only clicks and types."""
