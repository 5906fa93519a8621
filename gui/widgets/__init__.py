"""Style, icons and widgets that more than one window uses. Knows nothing of what Panecast does."""
