"""A working morning: many users at once on the pages of a production server."""
