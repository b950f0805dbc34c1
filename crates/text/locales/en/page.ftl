### The read-only local page.
