"""What `soak guesses` is made of: the plan, the shelf of codes, the acts of attackers and of honest people."""
