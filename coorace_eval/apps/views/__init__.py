"""Views: what each step shows, as plain data for the screen."""
