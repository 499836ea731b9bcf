"""Packs of an installation's own: proposed, checked against what is stored, put in force, rolled back."""
