"""What runs on Windows alone is not even read elsewhere."""

import sys

collect_ignore = [] if sys.platform == "win32" else ["native"]
