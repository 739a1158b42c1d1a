"""The guided application: what each step knows, what it shows, and how it is opened."""
