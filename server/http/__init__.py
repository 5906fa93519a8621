"""Addresses and what is answered at them, by thin handlers. Knows nothing of how pictures are made."""
