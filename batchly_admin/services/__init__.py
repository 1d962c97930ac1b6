"""Write side: one function a use case; services flush and never commit."""
