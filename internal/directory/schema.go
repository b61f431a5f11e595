package directory

import "nazorat/internal/db"

// Migrations of this package's tables.
var Migrations = []db.Migration{{ID: "directory/0001", SQL: `
CREATE TABLE office (
	id      TEXT PRIMARY KEY,
	code    TEXT NOT NULL UNIQUE,
	kind    TEXT NOT NULL CHECK (kind IN ('prosecutor', 'interior', 'court', 'bar')),
	parent  TEXT REFERENCES office(id),
	path    TEXT NOT NULL UNIQUE,
	place   TEXT NOT NULL,
	name_uz TEXT NOT NULL,
	name_ru TEXT NOT NULL,
	name_en TEXT NOT NULL
) {strict};

CREATE TABLE competence (
	office    TEXT NOT NULL REFERENCES office(id),
	role      TEXT NOT NULL,
	competent TEXT NOT NULL REFERENCES office(id),
	PRIMARY KEY (office, role)
) {strict};

CREATE TABLE officer (
	id    TEXT PRIMARY KEY,
	name  TEXT NOT NULL,
	login TEXT NOT NULL UNIQUE
) {strict};

CREATE TABLE mandate (
	id         TEXT PRIMARY KEY,
	officer    TEXT NOT NULL REFERENCES officer(id),
	role       TEXT NOT NULL,
	office     TEXT NOT NULL REFERENCES office(id),
	valid_from {int} NOT NULL,
	valid_to   {int} NOT NULL,
	basis      TEXT NOT NULL,
	CHECK (valid_to = 0 OR valid_to > valid_from)
) {strict};

CREATE INDEX mandate_officer ON mandate (officer, valid_from);
CREATE INDEX mandate_office ON mandate (office, role);
`}}
