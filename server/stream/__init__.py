"""One session for each viewer: what it is sent, how fast, in which form. Knows no address of the web."""
