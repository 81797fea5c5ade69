"""A Markdown extension: programs, formulas and checks while a page is rendered."""
