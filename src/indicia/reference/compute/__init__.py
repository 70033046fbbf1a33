"""Priors of compute, seeded draws from them, and what one accelerator needs: shared by ledger and indicators."""
