"""`goodfor demo`: whole sales on a throw-away database, and proof that they hold."""
