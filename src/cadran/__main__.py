"""`python -m cadran` is the `cadran` command."""

import sys

from cadran.cli import main

sys.exit(main())
