"""The manual that comes along, in a window of its own. Knows its pages and nothing of the app."""
