"""Makes Panecast's setup for Windows, and the wine in which it is tried. Knows no other system's packages."""
