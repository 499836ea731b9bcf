"""Pure numerics: planning and early warning. Arrays in, arrays out; no store, no screens."""
