"""The one component every guided page is drawn with: what Python knows of it, what the browser runs."""
