"""What a team asks of its workflows: the rules of `[policy]`, and those it writes itself."""
