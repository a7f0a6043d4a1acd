"""What the evidence about the supply hub shares: stand-ins in a process of their own, a market, buyers, two books."""
