"""One attempt of one agent at one task: rules, decisions, and the thing that acts."""
