"""Tries the techniques of this system on windows that are opened for it.

Knows no toolkit: somebody else opens the windows.
"""
