"""The viewers: the card at the bottom of the panel. Knows of server its values alone."""
