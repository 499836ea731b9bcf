"""Two files of one person: found by what they have in common, merged into one, undone."""
