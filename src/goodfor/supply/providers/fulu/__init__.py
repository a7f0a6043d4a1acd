"""福禄 Fulu open platform 2.0: one big supplier; cards, top-ups, phone credit and data."""
