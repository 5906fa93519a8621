"""Sets machines up, and makes the packages of Panecast. Knows the program only as files."""
