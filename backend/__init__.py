"""Singgah's shell: HTTP, database, identity and jobs around the pure rooms `sync` and `checklists`."""

__version__ = "0.1.0"
