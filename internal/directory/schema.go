package directory

import "nazorat/internal/db"

// Migrations of this package's tables.
//
// made_in is the proceeding, the file, by an act in which a row came about, made_seq the act's number there; "" of what the office
// was founded with. ended_in says the same of its end. file is the proceeding that keeps somebody's, or an office's, acts of this kind.
// What the columns have by themselves is that of a founding.
// founded_under is the office under which an office stood when it was founded; closed is when it was, 0 for one at work.
// given_to is the end that a mandate, or an admission, was given with; valid_to is the one that it has. Times are microseconds, 0 for no end.
var Migrations = []db.Migration{{ID: "directory/0001", SQL: `
CREATE TABLE office (
	id      TEXT PRIMARY KEY,
	code    TEXT NOT NULL UNIQUE,
	kind    TEXT NOT NULL CHECK (kind IN ('prosecutor', 'interior', 'security', 'customs', 'court', 'penitentiary', 'expert', 'bar')),
	parent  TEXT REFERENCES office(id),
	path    TEXT NOT NULL UNIQUE,
	place   TEXT NOT NULL,
	name_uz TEXT NOT NULL,
	name_ru TEXT NOT NULL,
	name_en TEXT NOT NULL,
	file    TEXT NOT NULL DEFAULT '',
	made_in TEXT NOT NULL DEFAULT '',
	founded_under TEXT NOT NULL DEFAULT '',
	closed        {int} NOT NULL DEFAULT 0,
	closed_in     TEXT NOT NULL DEFAULT '',
	CHECK ((closed = 0) = (closed_in = ''))
) {strict};

CREATE UNIQUE INDEX office_file ON office (file) WHERE file <> '';

CREATE TABLE competence (
	office     TEXT NOT NULL REFERENCES office(id),
	role       TEXT NOT NULL,
	competent  TEXT NOT NULL REFERENCES office(id),
	valid_from {int} NOT NULL DEFAULT 0,
	valid_to   {int} NOT NULL DEFAULT 0,
	basis      TEXT NOT NULL DEFAULT '',
	made_in    TEXT NOT NULL DEFAULT '',
	made_seq   {int} NOT NULL DEFAULT 0,
	ended_in   TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (office, role, valid_from),
	CHECK (valid_to = 0 OR valid_to > valid_from)
) {strict};

CREATE UNIQUE INDEX competence_now ON competence (office, role) WHERE valid_to = 0;

CREATE TABLE officer (
	id      TEXT PRIMARY KEY,
	name    TEXT NOT NULL,
	login   TEXT NOT NULL UNIQUE,
	file    TEXT NOT NULL DEFAULT '',
	made_in TEXT NOT NULL DEFAULT ''
) {strict};

CREATE UNIQUE INDEX officer_file ON officer (file) WHERE file <> '';
CREATE INDEX officer_name ON officer (name, id);

CREATE TABLE mandate (
	id         TEXT PRIMARY KEY,
	officer    TEXT NOT NULL REFERENCES officer(id),
	role       TEXT NOT NULL,
	office     TEXT NOT NULL REFERENCES office(id),
	valid_from {int} NOT NULL,
	valid_to   {int} NOT NULL,
	given_to   {int} NOT NULL DEFAULT 0,
	basis      TEXT NOT NULL,
	manner     TEXT NOT NULL DEFAULT 'appointment' CHECK (manner IN ('appointment', 'substitution', 'delegation')),
	instead_of TEXT NOT NULL DEFAULT '',
	made_in    TEXT NOT NULL DEFAULT '',
	made_seq   {int} NOT NULL DEFAULT 0,
	ended_in   TEXT NOT NULL DEFAULT '',
	CHECK (valid_to = 0 OR valid_to >= valid_from),
	CHECK ((manner = 'appointment') = (instead_of = ''))
) {strict};

CREATE INDEX mandate_officer ON mandate (officer, valid_from);
CREATE INDEX mandate_office ON mandate (office, role);
CREATE INDEX mandate_instead ON mandate (instead_of) WHERE instead_of <> '';

CREATE TABLE admission (
	officer    TEXT NOT NULL REFERENCES officer(id),
	level      TEXT NOT NULL,
	valid_from {int} NOT NULL,
	valid_to   {int} NOT NULL,
	given_to   {int} NOT NULL,
	basis      TEXT NOT NULL,
	made_in    TEXT NOT NULL,
	made_seq   {int} NOT NULL,
	ended_in   TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (officer, level, valid_from),
	CHECK (valid_to >= valid_from)
) {strict};

CREATE TABLE absence (
	id         TEXT PRIMARY KEY,
	officer    TEXT NOT NULL REFERENCES officer(id),
	valid_from {int} NOT NULL,
	valid_to   {int} NOT NULL,
	basis      TEXT NOT NULL,
	substitute TEXT NOT NULL,
	made_in    TEXT NOT NULL,
	made_seq   {int} NOT NULL,
	CHECK (valid_to > valid_from)
) {strict};

CREATE INDEX absence_officer ON absence (officer, valid_from);
`}}
