"""Where to open: fewest sites, most people, shortest travel; every answer with the bound that no plan can beat."""
