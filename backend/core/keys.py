"""The key ring of the current application, opened when first needed: then its clock is already where it belongs."""

from __future__ import annotations

import threading
from typing import cast

from flask import current_app

from backend.core import clock, settings
from backend.core.keyring import KeyRing

KEY = "singgah.keys"
OWNER = "Singgah installation"
"""How the root certificate names its owner; legal entities have their own seals under it."""

_opening = threading.Lock()


def ring() -> KeyRing:
    """The installation's keys, made at first use. Raises keyring.KeysUnusable."""
    with _opening:
        if KEY not in current_app.extensions:
            folder = settings.current().keys_dir
            current_app.extensions[KEY] = KeyRing.open(folder, OWNER, now=clock.now())
        return cast(KeyRing, current_app.extensions[KEY])

