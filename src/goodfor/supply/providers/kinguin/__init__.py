"""Kinguin ESA: game keys from many sellers behind one interface, in euros."""
