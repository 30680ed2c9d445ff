"""The systems that we are measured beside. Each has its lock file here; what it needs is installed at the first run."""

from __future__ import annotations


class Missing(Exception):
    """A peer could not be set up; the message is the sentence that the bench prints in its place."""
