"""How long the fuzzer goes on: the same few hundred examples with every run of the tests, others in `make prove`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

COMMON = {
    "deadline": None,
    "database": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
}
settings.register_profile("long", max_examples=1_500, **COMMON)  # type: ignore[arg-type]
settings.register_profile("fixed", max_examples=40, derandomize=True, **COMMON)  # type: ignore[arg-type]
