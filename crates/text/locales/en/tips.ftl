### Reasons of a tip's urgency and of the clocks that run.
