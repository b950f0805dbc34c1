-- Tips in working order, found by what they name and by their words.

-- `seq` is the tip's number in the index of words; `triaged` is 0 until its line says what its current revision says.
ALTER TABLE tips ADD COLUMN seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tips ADD COLUMN triaged BIGINT NOT NULL DEFAULT 0;
CREATE INDEX tips_by_seq ON tips (seq);
CREATE INDEX tips_untriaged ON tips (triaged) WHERE triaged = 0;
INSERT INTO counters (name, next) VALUES ('tips', 1);

-- What may link a tip's current revision to others. `joins` is 1 where it does, 0 where it is a hint. The counts are
-- kept so that nobody has to count the holders of a file that half the world reports.
CREATE TABLE tip_keys (
    kind TEXT NOT NULL,
    norm_key TEXT NOT NULL,
    tip TEXT NOT NULL,
    joins BIGINT NOT NULL,
    PRIMARY KEY (kind, norm_key, tip)
);
CREATE INDEX tip_keys_by_tip ON tip_keys (tip);
CREATE TABLE tip_key_counts (
    kind TEXT NOT NULL,
    norm_key TEXT NOT NULL,
    tips BIGINT NOT NULL,
    PRIMARY KEY (kind, norm_key)
);

-- One line for each tip; `line` names the tip under whose line it stands, its own where `head` is 1. Derived: it can
-- be made again from the revisions.
CREATE TABLE tip_lines (
    tip TEXT NOT NULL PRIMARY KEY,
    line TEXT NOT NULL,
    head BIGINT NOT NULL,
    why TEXT NOT NULL,
    danger BIGINT NOT NULL,
    perishability BIGINT NOT NULL,
    act_by BIGINT,
    country TEXT NOT NULL,
    division TEXT NOT NULL,
    unit TEXT NOT NULL,
    files BIGINT NOT NULL,
    fold_key TEXT,
    valid_until BIGINT,
    body TEXT NOT NULL
);
CREATE INDEX tip_lines_in_order ON tip_lines (head, danger DESC, perishability DESC, tip);
CREATE INDEX tip_lines_of_country ON tip_lines (country, head, danger DESC, perishability DESC, tip);
CREATE INDEX tip_lines_of_division ON tip_lines (division, head, danger DESC, perishability DESC, tip);
CREATE INDEX tip_lines_of_unit ON tip_lines (unit, head, danger DESC, perishability DESC, tip);
CREATE INDEX tip_lines_by_line ON tip_lines (line, danger DESC, perishability DESC, tip);
CREATE INDEX tip_lines_by_fold ON tip_lines (fold_key, head) WHERE fold_key IS NOT NULL;
CREATE INDEX tip_lines_by_files ON tip_lines (head, files DESC, tip);
CREATE INDEX tip_lines_stale ON tip_lines (valid_until) WHERE valid_until IS NOT NULL;

-- What may be lost and when, for the day list.
CREATE TABLE tip_losses (
    tip TEXT NOT NULL,
    seq BIGINT NOT NULL,
    lost_at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tip, seq)
);
CREATE INDEX tip_losses_in_order ON tip_losses (lost_at, tip);

-- What people decided about tips: nothing here is ever changed or removed.
CREATE TABLE tip_overrides (
    tip TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tip, seq)
);
CREATE TABLE tip_link_decisions (
    tip TEXT NOT NULL,
    other TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    by_user TEXT NOT NULL,
    same BIGINT NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (tip, other, seq)
);
CREATE INDEX tip_link_decisions_by_other ON tip_link_decisions (other);

-- What a new revision changed that somebody must look at again.
CREATE TABLE tip_alerts (
    tip TEXT NOT NULL,
    revision BIGINT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (tip, revision)
);

-- Files and documents of the package that a tip came in. Files stay closed until a person with the authority opens one.
CREATE TABLE package_members (
    package TEXT NOT NULL,
    path_key TEXT NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size BIGINT NOT NULL,
    document BIGINT NOT NULL,
    access TEXT NOT NULL,
    PRIMARY KEY (package, path_key)
);
CREATE INDEX package_members_by_sha256 ON package_members (sha256);
