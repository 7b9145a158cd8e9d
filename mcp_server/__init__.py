"""Talk to agents: tasks, kernels and grading as MCP tools."""
