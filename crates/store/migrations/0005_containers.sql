-- Entries inside containers: one address for each container on the way, as a JSON array, and whether
-- a file system says that the entry is deleted.
ALTER TABLE entries ADD COLUMN place TEXT;
ALTER TABLE entries ADD COLUMN deleted BIGINT;

-- What was opened: the formats on the way with their versions, and the hashes that an image states.
CREATE TABLE containers (
    evidence TEXT NOT NULL,
    path_key TEXT NOT NULL,
    path TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (evidence, path_key)
);

-- The work on an exhibit, run by run, and whether somebody asked it to pause.
ALTER TABLE evidence ADD COLUMN paused BIGINT;
CREATE TABLE evidence_runs (
    evidence TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (evidence, started_at)
);

-- The chain of custody.
CREATE TABLE custody_events (
    evidence TEXT NOT NULL,
    seq BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (evidence, seq)
);
INSERT INTO counters (name, next) VALUES ('custody_events', 1);
