"""Who is who: names made comparable, and later links between organisations."""
