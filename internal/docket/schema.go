package docket

import "nazorat/internal/db"

// Migrations of this package's tables. Large tables are keyed by proceeding
// first: that is what they would be sharded by.
var Migrations = []db.Migration{{ID: "docket/0001", SQL: `
CREATE TABLE proceeding (
	id         TEXT PRIMARY KEY,
	law        TEXT NOT NULL,
	number     TEXT NOT NULL UNIQUE,
	office     TEXT NOT NULL REFERENCES office(id),
	supervisor TEXT NOT NULL REFERENCES office(id),
	in_charge  TEXT NOT NULL,
	root_state TEXT NOT NULL,
	title      TEXT NOT NULL,
	version    {int} NOT NULL CHECK (version > 0),
	opened     {int} NOT NULL,
	changed    {int} NOT NULL,
	state      TEXT NOT NULL
) {strict};

CREATE INDEX proceeding_office ON proceeding (office, changed DESC, id);
CREATE INDEX proceeding_supervisor ON proceeding (supervisor, changed DESC, id);
CREATE INDEX proceeding_in_charge ON proceeding (in_charge, changed DESC, id) WHERE in_charge <> '';

CREATE TABLE entry (
	proceeding TEXT NOT NULL REFERENCES proceeding(id),
	seq        {int} NOT NULL CHECK (seq > 0),
	law        TEXT NOT NULL,
	edition    TEXT NOT NULL,
	act        TEXT NOT NULL,
	thing      {int} NOT NULL,
	officer    TEXT NOT NULL,
	role       TEXT NOT NULL,
	mandate    TEXT NOT NULL,
	office     TEXT NOT NULL,
	done       {int} NOT NULL,
	recorded   {int} NOT NULL,
	form       TEXT NOT NULL,
	effects    TEXT NOT NULL,
	previous   {bytes} NOT NULL CHECK (length(previous) = 32),
	hash       {bytes} NOT NULL CHECK (length(hash) = 32),
	submission TEXT NOT NULL UNIQUE,
	PRIMARY KEY (proceeding, seq)
) {strict};

{append_only:entry proceeding,seq submission}

CREATE TABLE deadline (
	proceeding TEXT NOT NULL REFERENCES proceeding(id),
	no         {int} NOT NULL CHECK (no > 0),
	law        TEXT NOT NULL,
	term       TEXT NOT NULL,
	thing      {int} NOT NULL,
	role       TEXT NOT NULL,
	office     TEXT NOT NULL REFERENCES office(id),
	officer    TEXT NOT NULL,
	supervisor TEXT NOT NULL REFERENCES office(id),
	breach     TEXT NOT NULL,
	started    {int} NOT NULL,
	due        {int} NOT NULL,
	status     TEXT NOT NULL CHECK (status IN ('running', 'stopped', 'met', 'late', 'ended')),
	closed     {int} NOT NULL,
	basis      TEXT NOT NULL,
	PRIMARY KEY (proceeding, no)
) {strict};

CREATE INDEX deadline_officer ON deadline (officer, due) WHERE status = 'running' AND officer <> '';
CREATE INDEX deadline_office ON deadline (office, due) WHERE status = 'running';
CREATE INDEX deadline_supervisor ON deadline (supervisor, due) WHERE status = 'running';
CREATE INDEX deadline_due ON deadline (due) WHERE status = 'running';

CREATE TABLE tally (
	office TEXT NOT NULL REFERENCES office(id),
	law    TEXT NOT NULL,
	state  TEXT NOT NULL,
	n      {int} NOT NULL,
	PRIMARY KEY (office, law, state)
) {strict};

CREATE TABLE numbering (
	office TEXT NOT NULL REFERENCES office(id),
	law    TEXT NOT NULL,
	year   {int} NOT NULL,
	last   {int} NOT NULL,
	PRIMARY KEY (office, law, year)
) {strict};
`}, {ID: "docket/0002", SQL: `
DROP INDEX deadline_office;
DROP INDEX deadline_supervisor;
CREATE INDEX deadline_office ON deadline (office, due, breach, supervisor) WHERE status = 'running';
CREATE INDEX deadline_supervisor ON deadline (supervisor, due, breach) WHERE status = 'running';
CREATE INDEX deadline_role ON deadline (office, role, due, proceeding, no) WHERE status = 'running' AND officer = '';
`}, {ID: "docket/0003", SQL: `
ALTER TABLE entry ADD COLUMN cargo TEXT NOT NULL DEFAULT '';

ALTER TABLE proceeding ADD COLUMN edition TEXT NOT NULL DEFAULT '';
UPDATE proceeding SET edition = coalesce((SELECT max(entry.edition) FROM entry WHERE entry.proceeding = proceeding.id), '');
UPDATE proceeding SET state = substr(state, 1, length(state) - 1) || ',"edition":"' || edition || '"}' WHERE edition <> '';
CREATE INDEX proceeding_edition ON proceeding (law, edition, id);

CREATE TABLE link (
	from_proceeding TEXT NOT NULL,
	from_seq        {int} NOT NULL,
	n               {int} NOT NULL CHECK (n > 0),
	to_proceeding   TEXT NOT NULL,
	to_seq          {int} NOT NULL,
	PRIMARY KEY (from_proceeding, from_seq, n),
	FOREIGN KEY (from_proceeding, from_seq) REFERENCES entry (proceeding, seq),
	FOREIGN KEY (to_proceeding, to_seq) REFERENCES entry (proceeding, seq)
) {strict};

CREATE UNIQUE INDEX link_to ON link (to_proceeding, to_seq);

{append_only:link from_proceeding,from_seq,n to_proceeding,to_seq}

CREATE TABLE copy (
	office     TEXT NOT NULL REFERENCES office(id),
	role       TEXT NOT NULL,
	at         {int} NOT NULL,
	proceeding TEXT NOT NULL,
	seq        {int} NOT NULL,
	PRIMARY KEY (office, role, at, proceeding, seq),
	FOREIGN KEY (proceeding, seq) REFERENCES entry (proceeding, seq)
) {strict};

CREATE TABLE copies_read (
	office TEXT NOT NULL REFERENCES office(id),
	role   TEXT NOT NULL,
	at     {int} NOT NULL,
	PRIMARY KEY (office, role)
) {strict};

ALTER TABLE deadline ADD COLUMN steps {int} NOT NULL DEFAULT 0;
CREATE INDEX deadline_steps_office ON deadline (law, term, supervisor, due, proceeding, no, breach, steps) WHERE status = 'running' AND steps > 0;
CREATE INDEX deadline_steps ON deadline (law, term, due, proceeding, no, supervisor, breach, steps) WHERE status = 'running' AND steps > 0;
`}, {ID: "docket/0004", SQL: `
DROP INDEX deadline_officer;
DROP INDEX deadline_role;
CREATE INDEX deadline_officer ON deadline (officer, due, proceeding, no, breach, office) WHERE status = 'running' AND officer <> '';
CREATE INDEX deadline_role ON deadline (office, role, due, proceeding, no, breach) WHERE status = 'running' AND officer = '';
`}}
