"""The list of sources, and one feed for each that is watched, with its thread.

Knows no technique of taking pictures.
"""
