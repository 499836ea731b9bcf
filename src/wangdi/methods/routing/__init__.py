"""How roving clinics go: routes of a day, and villages visited at least every so many weeks."""
