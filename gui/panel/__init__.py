"""The one window and its parts. Knows of server and capture their values alone."""
