"""The meaning of a pack: small frozen nodes, checked when they are built. No file, no array, no database here."""
