"""Official clauses in a workbook: a template to type them into, and a pack made from what was typed."""
