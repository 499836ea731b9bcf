"""What can be found wrong with packs by looking at their meaning: run after they were read without errors."""
