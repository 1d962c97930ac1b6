"""Flask-Admin views and the JSON endpoints of the grid: parse, permission, one call, answer."""
