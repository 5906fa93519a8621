"""The X protocol as far as we speak it: a connection, bytes of pictures, text, colours.

Knows nothing of what is shown.
"""
