"""A synthetic network of the size of a city with the rules of forty programmes: what the engine is asked to carry."""
