"""How long Hypothesis looks: `default` for every day and CI, `thorough` for a night.

Chosen by --hypothesis-profile, or by the environment variable TINYGRAD_EDU_HYPOTHESIS.
"""

import os

from hypothesis import HealthCheck, settings

_QUIET = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile(
    "default",
    max_examples=8,
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=_QUIET,
)
settings.register_profile("thorough", max_examples=300, deadline=None, suppress_health_check=_QUIET)
settings.load_profile(os.environ.get("TINYGRAD_EDU_HYPOTHESIS", "default"))
