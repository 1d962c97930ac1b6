"""The routes: the front door of the API, each address behind it, the log-in, the control page."""
