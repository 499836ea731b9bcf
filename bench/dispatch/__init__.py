"""Whom to post where, next to solvers that are not told that the requirements nest."""
