"""`python -m ingest` is `indicia refresh`: it passes its arguments on and adds nothing."""

import sys

from indicia.cli import main

if __name__ == "__main__":
    sys.argv[1:1] = ["refresh"]
    main()
