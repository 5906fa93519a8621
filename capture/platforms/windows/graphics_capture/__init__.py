"""Windows.Graphics.Capture: the system's own way to hand over pictures of windows and monitors. Knows no GDI.

Written by the documentation and the metadata of the `winrt-*` wheels, tested against a stand-in, and not run on
Windows.
"""
