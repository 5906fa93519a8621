"""What a Mac is told of the program: its bundle's plist, its start at login, its disk image. Not run on a Mac yet."""
