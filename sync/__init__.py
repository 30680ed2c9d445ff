"""How two copies agree. Pure Python: no framework, no clock, no dice. The law is in README.md."""
