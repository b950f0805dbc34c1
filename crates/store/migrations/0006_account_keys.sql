-- Whom the app stores of exhibits name, by identifiers written as tips write theirs, so that a tip
-- finds the exhibits on which its accounts appear. Derived from the records of the fact.
CREATE TABLE account_keys (
    fact BIGINT NOT NULL,
    kind TEXT NOT NULL,
    norm_key TEXT NOT NULL,
    account_key TEXT NOT NULL,
    role TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (fact, kind, norm_key, account_key, role)
);
CREATE INDEX account_keys_by_norm ON account_keys (kind, norm_key);

-- By which version of the rules the accounts of a fact were keyed; 0 for those recorded before.
ALTER TABLE facts ADD COLUMN keyed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX facts_of_stores_by_keyed ON facts (keyed) WHERE body_kind = 'records';
CREATE INDEX evidence_contents_of_stores ON evidence_contents (content) WHERE body_kind = 'records';

-- What people decided about a tip and an account: nothing here is ever changed or removed.
CREATE TABLE tip_account_decisions (
    tip TEXT NOT NULL,
    account_key TEXT NOT NULL,
    seq BIGINT NOT NULL,
    account TEXT NOT NULL,
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    same BIGINT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (tip, account_key, seq)
);

-- What people decided about members of packages: who may open a file, and why.
CREATE TABLE member_access (
    package TEXT NOT NULL,
    path_key TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    state TEXT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (package, path_key, seq)
);
