"""Fixtures of the report tests: the sample module beside this file is imported by its name."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent))
