"""Lists that derive from a register or a kind of record: columns, filters, order, saved views, files."""
