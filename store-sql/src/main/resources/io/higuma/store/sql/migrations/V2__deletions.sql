-- A start asks for the deletions of a short while, and must not read the whole log for them.
CREATE INDEX deletions ON revisions (type, written) WHERE body IS NULL;
