"""Agents: whoever solves tasks through an episode."""
