"""What to solve: tasks, their worlds, and (apart) their answers."""
