"""Sets machines up, and makes the packages of Panecast. Knows the program as files, and asks it what it can be told."""
