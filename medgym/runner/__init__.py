"""Headless batch evaluation: many episodes in this process, and what they amount to."""
