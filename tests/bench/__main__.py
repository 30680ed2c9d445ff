"""`make bench`: every measurement, one after the other. Stop what else the machine is doing first."""

from __future__ import annotations

from tests.bench import sync_rates

if __name__ == "__main__":
    sync_rates.main()
