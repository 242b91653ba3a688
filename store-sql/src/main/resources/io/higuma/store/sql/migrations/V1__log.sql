-- The log of revisions is the truth; "now" is a view of it that every write keeps in the same transaction.
CREATE TABLE revisions (
  number   BIGINT NOT NULL PRIMARY KEY,
  type     VARCHAR(64)  NOT NULL,
  mesh     VARCHAR(253) NOT NULL,
  name     VARCHAR(253) NOT NULL,
  labels   TEXT,
  body     TEXT,
  created  VARCHAR(40),
  author   VARCHAR(1000) NOT NULL,
  written  VARCHAR(40)   NOT NULL
);

CREATE INDEX revisions_of_resource ON revisions (type, mesh, name, number);

CREATE TABLE now (
  type   VARCHAR(64)  NOT NULL,
  mesh   VARCHAR(253) NOT NULL,
  name   VARCHAR(253) NOT NULL,
  number BIGINT NOT NULL,
  PRIMARY KEY (type, mesh, name)
);

-- One row: how far the log was forgotten. A watch from before that begins with everything there is.
CREATE TABLE compaction (
  reached BIGINT NOT NULL
);

INSERT INTO compaction (reached) VALUES (0);
