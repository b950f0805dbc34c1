-- Lists of known hashes in editions, whose rows lie in an object instead of a table: hundreds of
-- millions of rows are mapped, not selected. Verdicts of the unit's own, and what changed when a
-- list came or went. No release had the tables that go.

DROP TABLE known_hashes;
DROP TABLE hash_set_problems;
DROP TABLE hash_sets;

-- An edition counts until it is retired. `rows_object` holds its rows, compiled from `object`.
CREATE TABLE hash_sets (
    id TEXT NOT NULL,
    edition BIGINT NOT NULL,
    object TEXT NOT NULL,
    rows_object TEXT NOT NULL,
    parser TEXT NOT NULL,
    parser_version BIGINT NOT NULL,
    stored BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    imported_at BIGINT NOT NULL,
    imported_by TEXT NOT NULL,
    header TEXT NOT NULL,
    retired_at BIGINT,
    retired_by TEXT,
    retired_why TEXT,
    PRIMARY KEY (id, edition)
);
CREATE TABLE hash_set_problems (
    hash_set TEXT NOT NULL,
    edition BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (hash_set, edition, seq)
);

-- What people of this unit said of a file; the latest of a scheme counts, all are kept.
CREATE TABLE verdicts (
    object TEXT NOT NULL,
    case_id TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (object, case_id, seq)
);
CREATE INDEX verdicts_by_case ON verdicts (case_id);

-- How an answer changed when the lists did. `number` tells only this database which came first.
INSERT INTO counters (name, next) VALUES ('novelty_changes', 1);
CREATE TABLE novelty_changes (
    number BIGINT NOT NULL UNIQUE,
    object TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    PRIMARY KEY (object, seq)
);
