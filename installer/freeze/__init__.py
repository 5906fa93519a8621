"""Freezes the program with PyInstaller: a folder that runs without Python. Knows nothing of packages."""
