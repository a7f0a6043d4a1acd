"""Pages of figures: the dashboard, top and flop, stock, cohorts, funnel, health, saved reports, the daily brief."""
