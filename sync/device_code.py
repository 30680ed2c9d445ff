"""The eight characters that both screens show while a device is enrolled (rule S5)."""

import hashlib

from sync.ids import crockford


def fingerprint(device_id: str, jkt: str) -> str:
    """The first 40 bits of SHA-256 over purpose, device id and RFC 7638 thumbprint of its key, in base 32."""
    digest = hashlib.sha256(f"singgah-enrol\n{device_id}\n{jkt}".encode()).digest()
    return crockford(digest[:5])
