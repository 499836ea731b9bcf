"""Everything the product ships, evaluated over a demonstration."""
