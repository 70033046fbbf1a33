"""Reference tables: chips, control rules by date, codes and countries."""
