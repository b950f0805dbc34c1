//! Domain verbs on SQLite and PostgreSQL, migrations and the job queue.
