"""`python -m tvaers` is the same as `tvaers`."""

from tvaers.cli import main

raise SystemExit(main())
