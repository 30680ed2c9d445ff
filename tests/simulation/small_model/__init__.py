"""The small model: server, two tablets and the office, few enough of each that everything can be tried.

`things.py` what there is, `server.py` and `tablet.py` how each answers, `world.py` who may move, `days.py` how much
may happen, `invariants.py` what must be true, `search.py` the search through all interleavings, `broken.py`
protocols with one fault that it must find.
Merge, chain, fate, replay and checksum are not modelled: they are the functions of `sync/` themselves.
"""
