"""How long people travel: a matrix that the user brings, or an estimate from coordinates."""
