"""The handbook of a pack: its rules in words, for those who work by them; and what changes between two versions."""
