"""The first start: three steps to the first picture. Knows the panel's list and thumbnails, and no server."""
