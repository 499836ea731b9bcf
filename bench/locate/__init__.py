"""Where care reaches, where to open, how roving clinics go: published instances and what peers make of them."""
