"""Figures as files outside of the database, for heavy questions."""
