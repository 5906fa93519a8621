"""Pixels: what can be shown, taking pictures of it, what changed, and encoding. Knows no network and no Qt."""
