"""vLLM servers on this machine: each under a supervisor of its own, which ends it when this program is gone.

Nothing is imported here: the supervisor is of this package too, and stays small.
"""
