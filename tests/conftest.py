"""What all tests share: examples are not timed, because a loaded machine would make that a coin toss."""

from hypothesis import HealthCheck, settings

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")
