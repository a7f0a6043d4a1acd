"""Figures as Parquet files outside of the database, and DuckDB that answers heavy questions from them.

Nothing here is on the way of an order: files are made once a night, one day's at a time, and asked by a process of its
own with bounds on memory, threads and time, which knows neither the database nor a key.
"""
