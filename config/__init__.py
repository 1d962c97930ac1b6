"""What an installation decides: settings from the environment, the schedule, the web server."""
