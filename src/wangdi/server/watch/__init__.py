"""Early warning: what channels counted, what detectors say of it, and the alerts that come of it."""
