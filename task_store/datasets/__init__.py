"""The families: one folder each, found by the catalogue. No family imports another."""
