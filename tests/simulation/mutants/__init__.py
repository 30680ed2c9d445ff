"""Seeded bugs: each pitfall of the protocol, and each failure of a known product, in a copy of this program.

`mutant.py` what one is, `law.py` `server.py` `tablet.py` `photos.py` the patches, `copying.py` the copy that is
patched, `judging.py` who is asked whether something is wrong, `hunt.py` the run, `table.py` what is published.
"""
