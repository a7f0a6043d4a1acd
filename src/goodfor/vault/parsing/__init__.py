"""Reading files of codes as they really arrive. Pure: no clock, no settings, no database, no Django."""
