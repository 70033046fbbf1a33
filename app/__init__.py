"""The pages: they ask `indicia.answers` and show."""
