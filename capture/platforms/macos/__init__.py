"""Everything that speaks to macOS, 13 and later. Knows neither feeds nor viewers, and no other system."""
