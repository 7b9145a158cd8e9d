"""Phrasings, one module per design. A sentence stands in one template only."""
