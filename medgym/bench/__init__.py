"""Benchmarks that ship: everything measured side by side, in one run, on this machine."""
