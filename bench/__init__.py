"""Benchmarks against peers: `python -m bench` prints one table. See README.md."""
