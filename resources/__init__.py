"""What is shipped and is not Python: icons and the viewer page."""
