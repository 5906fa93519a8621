"""Windows and screens of an X server: listed, placed, taken, cleared of what must not be seen.

Knows no Wayland but as the host of an X server.
"""
