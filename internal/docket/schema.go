package docket

import (
	"slices"

	"nazorat/internal/db"
	"nazorat/internal/leaf"
	"nazorat/internal/vault"
)

// Migrations of this package's tables, and of the journal's tree and the documents that they build on. Large tables are keyed by proceeding
// first: that is what they would be sharded by. The entries are one sequence
// for the whole office, and lie in its order: leaf is the number in the tree.
// Packages proceedings and replay, and whoever else counts in them, only read these tables: their shape is the contract.
// Rows name offices and proceedings without a foreign key: the docket alone writes
// them, of one batch and in one transaction, package replay holds them against the
// entries lived through again, a gap among the entries shows in the tree, and the database is spared a look for each.
var Migrations = append(slices.Concat(leaf.Migrations, vault.Migrations), db.Migration{ID: "docket/0001", SQL: `
CREATE TABLE proceeding (
	id         TEXT PRIMARY KEY,
	law        TEXT NOT NULL,
	number     TEXT NOT NULL UNIQUE,
	office     TEXT NOT NULL,
	supervisor TEXT NOT NULL,
	in_charge  TEXT NOT NULL,
	root_state TEXT NOT NULL,
	secrecy    TEXT NOT NULL DEFAULT '',
	parties    TEXT NOT NULL DEFAULT '',
	title      TEXT NOT NULL,
	version    {int} NOT NULL CHECK (version > 0),
	edition    TEXT NOT NULL,
	opened     {int} NOT NULL,
	changed    {int} NOT NULL,
	head       {bytes} NOT NULL CHECK (length(head) = 32),
	state      TEXT NOT NULL
) {strict} {roomy};

CREATE INDEX proceeding_office ON proceeding (office, opened DESC, id);
CREATE INDEX proceeding_supervisor ON proceeding (supervisor, opened DESC, id);
CREATE INDEX proceeding_in_charge ON proceeding (in_charge, opened DESC, id) WHERE in_charge <> '';
CREATE INDEX proceeding_closed ON proceeding (in_charge, secrecy) WHERE secrecy <> '';
CREATE INDEX proceeding_edition ON proceeding (law, edition, id);

CREATE TABLE party (
	proceeding TEXT NOT NULL,
	officer    TEXT NOT NULL,
	role       TEXT NOT NULL,
	opened     {int} NOT NULL,
	present    {int} NOT NULL CHECK (present IN (0, 1)),
	PRIMARY KEY (proceeding, officer, role)
) {strict};

CREATE INDEX party_officer ON party (officer, role, opened DESC, proceeding) WHERE present = 1;

CREATE TABLE entry (
	leaf       {int} PRIMARY KEY CHECK (leaf >= 0),
	proceeding TEXT NOT NULL,
	seq        {int} NOT NULL CHECK (seq > 0),
	law        TEXT NOT NULL,
	edition    TEXT NOT NULL,
	act        TEXT NOT NULL,
	thing      {int} NOT NULL,
	officer    TEXT NOT NULL,
	role       TEXT NOT NULL,
	mandate    TEXT NOT NULL,
	office     TEXT NOT NULL,
	client     TEXT NOT NULL DEFAULT '',
	done       {int} NOT NULL,
	recorded   {int} NOT NULL,
	form       TEXT NOT NULL,
	cargo      TEXT NOT NULL,
	submission TEXT NOT NULL UNIQUE,
	previous   {bytes} NOT NULL CHECK (length(previous) = 32),
	hash       {bytes} NOT NULL CHECK (length(hash) = 32),
	salt       {bytes} NOT NULL,
	effects    TEXT NOT NULL,
	UNIQUE (proceeding, seq)
) {strict};

{append_only:entry leaf proceeding,seq submission}

CREATE TABLE deadline (
	proceeding TEXT NOT NULL,
	no         {int} NOT NULL CHECK (no > 0),
	law        TEXT NOT NULL,
	term       TEXT NOT NULL,
	thing      {int} NOT NULL,
	role       TEXT NOT NULL,
	office     TEXT NOT NULL,
	officer    TEXT NOT NULL,
	supervisor TEXT NOT NULL,
	secrecy    TEXT NOT NULL DEFAULT '',
	breach     TEXT NOT NULL,
	steps      {int} NOT NULL,
	started    {int} NOT NULL,
	due        {int} NOT NULL,
	status     TEXT NOT NULL CHECK (status IN ('running', 'stopped', 'met', 'late', 'ended')),
	closed     {int} NOT NULL,
	basis      TEXT NOT NULL,
	PRIMARY KEY (proceeding, no)
) {strict};

CREATE INDEX deadline_due ON deadline (due) WHERE status = 'running';
CREATE INDEX deadline_closed ON deadline (secrecy, due, supervisor, office, breach, proceeding) WHERE status = 'running' AND secrecy <> '';
CREATE INDEX deadline_office ON deadline (office, due, breach, supervisor) WHERE status = 'running';
CREATE INDEX deadline_supervisor ON deadline (supervisor, due, breach) WHERE status = 'running';
CREATE INDEX deadline_officer ON deadline (officer, due, proceeding, no, breach, office) WHERE status = 'running' AND officer <> '';
CREATE INDEX deadline_held ON deadline (due, proceeding, no, supervisor, office) WHERE status = 'running' AND breach = 'release';
CREATE INDEX deadline_held_office ON deadline (office, due, proceeding, no) WHERE status = 'running' AND breach = 'release';
CREATE INDEX deadline_held_supervisor ON deadline (supervisor, due, proceeding, no) WHERE status = 'running' AND breach = 'release';
CREATE INDEX deadline_role ON deadline (office, role, due, proceeding, no, breach) WHERE status = 'running' AND officer = '';
CREATE INDEX deadline_steps_office ON deadline (law, term, supervisor, due, proceeding, no, breach, steps) WHERE status = 'running' AND steps > 0;
CREATE INDEX deadline_steps ON deadline (law, term, due, proceeding, no, supervisor, breach, steps) WHERE status = 'running' AND steps > 0;

CREATE TABLE tally (
	office     TEXT NOT NULL,
	supervisor TEXT NOT NULL,
	law        TEXT NOT NULL,
	state      TEXT NOT NULL,
	secrecy    TEXT NOT NULL,
	charged    {int} NOT NULL CHECK (charged IN (0, 1)),
	n          {int} NOT NULL,
	PRIMARY KEY (office, supervisor, law, state, secrecy, charged)
) {keyed} {roomy};

CREATE INDEX tally_supervisor ON tally (supervisor);

CREATE TABLE numbering (
	office TEXT NOT NULL,
	law    TEXT NOT NULL,
	year   {int} NOT NULL,
	last   {int} NOT NULL,
	PRIMARY KEY (office, law, year)
) {keyed} {roomy};

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
	office     TEXT NOT NULL,
	role       TEXT NOT NULL,
	at         {int} NOT NULL,
	proceeding TEXT NOT NULL,
	seq        {int} NOT NULL,
	PRIMARY KEY (office, role, at, proceeding, seq)
) {keyed};

CREATE TABLE copies_read (
	office TEXT NOT NULL,
	role   TEXT NOT NULL,
	at     {int} NOT NULL,
	PRIMARY KEY (office, role)
) {keyed};
`})
