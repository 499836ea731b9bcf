"""How often patients are seen: as an officer would expect it, or as often as a load test needs."""

from enum import Enum


class Density(Enum):
    """The value is the word to type."""

    REALISTIC = "realistic"
    """Follow-ups about every three months, as the specification asks: seven or eight records a resident."""
    DENSE = "dense"
    """Most patients are seen every twelve days: more than sixteen records a resident, to measure at load."""
