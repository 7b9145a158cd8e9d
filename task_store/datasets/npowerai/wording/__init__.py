"""Phrasings, one module per design. No sentence of a train phrasing stands in a test phrasing."""
