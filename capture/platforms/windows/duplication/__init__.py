"""DXGI desktop duplication: what the graphics card shows on a monitor, and where it has changed.
Knows no windows.

Written by the documentation and the headers, tested against a stand-in, and not run on Windows.
"""
