"""`python -m anthropic_models` is the command `anthropic-models`."""

import sys

from .cli import main

sys.exit(main())
