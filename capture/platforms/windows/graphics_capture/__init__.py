"""Windows.Graphics.Capture: the system's own way to hand over a window's picture. Knows no screens.

Written by the documentation and the metadata of the `winrt-*` wheels, tested against a stand-in, and not run on
Windows.
"""
