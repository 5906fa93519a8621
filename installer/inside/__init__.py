"""What lies in a tree that is given away: found, named, written down. Knows no package format but Debian's."""
