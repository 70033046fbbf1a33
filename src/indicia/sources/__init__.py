"""How data get in: definitions, sessions, the archive, and one run of one job."""
