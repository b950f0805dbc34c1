### The command line: tables, summaries, progress and hints.
