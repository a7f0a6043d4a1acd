"""Stand-ins for both sides of the points protocol: a mall that spends others' points, an app whose people shop here."""
