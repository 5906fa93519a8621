"""All that speaks to an operating system, one folder for each kind. Knows no feed, no viewer and no codec."""
