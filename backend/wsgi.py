"""What gunicorn loads: one of the two modules that build at import."""

from __future__ import annotations

import gc
import os

from backend.app import create_app
from backend.core import log
from backend.core.config import Config
from backend.exchange import events

log.configure()
app = create_app(Config.from_env(os.environ))
events.stop_on_signals(app)
# All that was loaded stays until the end: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
# A push makes tens of thousands of objects that all go with it; looking for rings among them pays rarely.
gc.set_threshold(20_000, 20, 20)
