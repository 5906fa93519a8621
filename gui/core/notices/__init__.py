"""What the person is told of while the panel is out of sight: which kinds, in which words, and when not.

Knows no widget and no desktop.
"""
