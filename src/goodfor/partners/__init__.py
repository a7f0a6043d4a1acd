"""Partners in points: members spend ours in their malls, and their people spend theirs in ours."""
