"""Windows and screens of a Wayland session: picked by the person in a dialog of the desktop, taken from PipeWire.

Knows no X11: windows of X11 programs have a folder of their own in such a session too.
"""
