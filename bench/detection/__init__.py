"""Outbreak detection against the R package `surveillance`."""
