-- Users, cases, tips, known-hash lists, exhibits, jobs, facts, alarms and referrals.

CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, next BIGINT NOT NULL);
INSERT INTO counters (name, next) VALUES ('facts', 1), ('jobs', 1);

CREATE TABLE users (name TEXT NOT NULL PRIMARY KEY, role TEXT NOT NULL);
CREATE TABLE settings (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);

-- Tips. `tips.current_revision` names the revision that counts; identifiers are those of that revision.
CREATE TABLE tips (tip TEXT NOT NULL PRIMARY KEY, current_revision BIGINT NOT NULL);
CREATE TABLE tip_revisions (
    tip TEXT NOT NULL,
    revision BIGINT NOT NULL,
    object TEXT NOT NULL,
    parser TEXT NOT NULL,
    parser_version BIGINT NOT NULL,
    imported_at BIGINT NOT NULL,
    imported_by TEXT NOT NULL,
    body TEXT NOT NULL,
    problems TEXT NOT NULL,
    PRIMARY KEY (tip, revision),
    UNIQUE (tip, object)
);
CREATE TABLE tip_identifiers (
    tip TEXT NOT NULL,
    kind TEXT NOT NULL,
    norm_key TEXT NOT NULL,
    PRIMARY KEY (tip, kind, norm_key)
);
CREATE INDEX tip_identifiers_by_norm ON tip_identifiers (kind, norm_key);
CREATE TABLE import_problems (
    object TEXT NOT NULL,
    subject TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (object, digest)
);

CREATE TABLE cases (
    id TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    opened_by TEXT NOT NULL
);
CREATE TABLE assignments (
    case_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    PRIMARY KEY (case_id, user_name)
);
CREATE TABLE authorisations (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX authorisations_by_case ON authorisations (case_id);

CREATE TABLE hash_sets (
    id TEXT NOT NULL PRIMARY KEY,
    object TEXT NOT NULL,
    stored BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    imported_at BIGINT NOT NULL,
    imported_by TEXT NOT NULL,
    header TEXT NOT NULL
);
CREATE TABLE known_hashes (
    hash_set TEXT NOT NULL,
    seq BIGINT NOT NULL,
    md5 TEXT,
    sha1 TEXT,
    sha256 TEXT,
    pdq TEXT,
    pdq_quality BIGINT,
    code TEXT,
    series TEXT,
    is_distributed BIGINT,
    victim_identified BIGINT,
    size BIGINT,
    PRIMARY KEY (hash_set, seq)
);
CREATE TABLE hash_set_problems (
    hash_set TEXT NOT NULL,
    seq BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (hash_set, seq)
);

-- Exhibits and what lies in them. `natural_key` stands for case, label and source together.
CREATE TABLE evidence (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT NOT NULL,
    natural_key TEXT NOT NULL UNIQUE,
    listed BIGINT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX evidence_by_case ON evidence (case_id);
CREATE TABLE entries (
    evidence TEXT NOT NULL,
    path_key TEXT NOT NULL,
    path TEXT NOT NULL,
    size BIGINT NOT NULL,
    modified_at BIGINT,
    md5 TEXT,
    sha1 TEXT,
    sha256 TEXT,
    PRIMARY KEY (evidence, path_key)
);
CREATE TABLE evidence_problems (
    evidence TEXT NOT NULL,
    stage TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (evidence, stage, digest)
);

CREATE TABLE jobs (
    id BIGINT NOT NULL PRIMARY KEY,
    evidence TEXT NOT NULL,
    kind TEXT NOT NULL,
    job_key TEXT NOT NULL,
    full_key TEXT NOT NULL,
    wave BIGINT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT,
    attempts BIGINT NOT NULL,
    not_before BIGINT NOT NULL,
    worker TEXT,
    lease_until BIGINT,
    UNIQUE (evidence, kind, job_key)
);
CREATE INDEX jobs_in_order ON jobs (evidence, state, wave, id);

-- Facts. A fact is keyed by (content, stage, version); `id` is a short name for it inside this
-- database, so that a million rows do not repeat the three. It never leaves the database.
CREATE TABLE facts (
    content TEXT NOT NULL,
    stage TEXT NOT NULL,
    version BIGINT NOT NULL,
    id BIGINT NOT NULL UNIQUE,
    body_kind TEXT NOT NULL,
    PRIMARY KEY (content, stage, version)
);
CREATE TABLE evidence_contents (
    evidence TEXT NOT NULL,
    body_kind TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (evidence, body_kind, content)
);
CREATE TABLE fact_problems (
    fact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (fact, seq)
);
CREATE TABLE fingerprints (
    fact BIGINT NOT NULL PRIMARY KEY,
    md5 TEXT NOT NULL,
    sha1 TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    picture TEXT
);

-- Records of app stores: locator columns, look-up columns, and the record itself as JSON.
CREATE TABLE accounts (
    fact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    object TEXT NOT NULL,
    place TEXT NOT NULL,
    view TEXT NOT NULL,
    account_key TEXT NOT NULL,
    is_owner BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (fact, seq)
);
CREATE TABLE contacts (
    fact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    object TEXT NOT NULL,
    place TEXT NOT NULL,
    view TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (fact, seq)
);
CREATE TABLE chats (
    fact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    object TEXT NOT NULL,
    place TEXT NOT NULL,
    view TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (fact, seq)
);
CREATE TABLE messages (
    fact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    object TEXT NOT NULL,
    place TEXT NOT NULL,
    view TEXT NOT NULL,
    chat_key TEXT NOT NULL,
    from_key TEXT,
    at_utc BIGINT,
    body TEXT NOT NULL,
    PRIMARY KEY (fact, seq)
);
CREATE INDEX messages_by_chat ON messages (fact, chat_key, from_key, at_utc);
CREATE TABLE transfers (
    fact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    object TEXT NOT NULL,
    place TEXT NOT NULL,
    view TEXT NOT NULL,
    at_key TEXT NOT NULL,
    message_key TEXT NOT NULL,
    at_utc BIGINT,
    hash_key TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (fact, seq)
);
CREATE INDEX transfers_by_hash ON transfers (hash_key);
CREATE INDEX transfers_by_place ON transfers (fact, at_key);
CREATE TABLE transfer_parties (
    fact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    account_key TEXT NOT NULL,
    PRIMARY KEY (fact, account_key, seq)
);
CREATE TABLE receipts (
    fact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    object TEXT NOT NULL,
    place TEXT NOT NULL,
    view TEXT NOT NULL,
    message_key TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (fact, seq)
);
CREATE INDEX receipts_by_message ON receipts (fact, message_key);
CREATE TABLE calls (
    fact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    object TEXT NOT NULL,
    place TEXT NOT NULL,
    view TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (fact, seq)
);
CREATE TABLE signals (
    fact BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    object TEXT NOT NULL,
    place TEXT NOT NULL,
    view TEXT NOT NULL,
    rule TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (fact, seq)
);

-- As which entry of an exhibit the file of a transfer was found.
CREATE TABLE transfer_links (
    evidence TEXT NOT NULL,
    content TEXT NOT NULL,
    at_key TEXT NOT NULL,
    path_key TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (evidence, content, at_key)
);
CREATE INDEX transfer_links_by_path ON transfer_links (evidence, path_key);

CREATE TABLE novelty (object TEXT NOT NULL PRIMARY KEY, novelty TEXT NOT NULL, body TEXT NOT NULL);

CREATE TABLE alarm_runs (
    case_id TEXT NOT NULL,
    run BIGINT NOT NULL,
    at BIGINT NOT NULL,
    processed TEXT NOT NULL,
    PRIMARY KEY (case_id, run)
);
CREATE TABLE alarms (
    case_id TEXT NOT NULL,
    run BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    band TEXT NOT NULL,
    points BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (case_id, run, seq)
);

CREATE TABLE referrals (
    id TEXT NOT NULL PRIMARY KEY,
    case_id TEXT,
    version BIGINT NOT NULL,
    state TEXT NOT NULL
);
CREATE TABLE referral_versions (
    referral TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (referral, version)
);
CREATE TABLE referral_moves (
    referral TEXT NOT NULL,
    seq BIGINT NOT NULL,
    from_state TEXT,
    to_state TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (referral, seq)
);
CREATE TABLE referral_receipts (
    referral TEXT NOT NULL,
    digest TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    signed TEXT NOT NULL,
    PRIMARY KEY (referral, digest)
);
