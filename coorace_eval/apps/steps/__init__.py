"""Steps: what each page knows and decides; none of them draws."""
