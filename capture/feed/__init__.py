"""What can be shown, and one feed for each source that is watched, with its thread.

Knows no technique of taking pictures.
"""
