"""Background tasks: the bells that wake the worker, what it does then, and the schedule."""
