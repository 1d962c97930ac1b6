"""One command that runs all of Batchly: web, worker, scheduler, its Redis and the simulator."""
