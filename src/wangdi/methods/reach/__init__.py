"""Where care reaches: who is near which service, how much of it there is for them, where it lacks."""
