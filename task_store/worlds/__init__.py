"""Synthetic worlds, one folder each: SQLite databases and files that kernels see read-only."""
