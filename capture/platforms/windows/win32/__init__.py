"""What is asked of Windows' own libraries: windows, processes, bitmaps, messages. Knows no sources, and no pictures of
them."""
