"""Other servers that show a window in a browser, run beside ours for comparison."""
