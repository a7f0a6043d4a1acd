"""The model of risk control: how it is trained and judged, kept, asked, and watched. Works without one: rules only."""
