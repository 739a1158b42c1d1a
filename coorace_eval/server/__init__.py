"""The application as a process that a browser opens, on this computer only."""
