"""Tests of the question engine, and the checks that every family over a world shares."""
