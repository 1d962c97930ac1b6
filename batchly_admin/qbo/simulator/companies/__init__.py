"""The companies the simulator can start with."""
