"""From a picture to bytes for viewers: encoded once for all who want the same. Knows no source and no viewer's line."""
