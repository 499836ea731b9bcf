"""Simulated life as data: a pack's ``demo.yaml`` sketches whose records of each kind there are, when, and with what in
them. Without one a pack has no records in the demonstration network."""
