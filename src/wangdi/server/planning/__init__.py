"""Plans made from the store: who is posted where, kept as documents, adopted as records."""
