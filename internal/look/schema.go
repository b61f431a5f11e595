package look

import "nazorat/internal/db"

// Migrations of this package's tables. A look is found by its leaf and its place in it. proceeding is "" where a look
// was at no single one; times are microseconds. What a purpose was given for is kept beside the session until it is over,
// and with each look for good.
var Migrations = []db.Migration{{ID: "look/0001", SQL: `
CREATE TABLE look (
	leaf       {int} NOT NULL CHECK (leaf >= 0),
	n          {int} NOT NULL CHECK (n > 0),
	at         {int} NOT NULL,
	kind       TEXT NOT NULL,
	page       TEXT NOT NULL,
	proceeding TEXT NOT NULL,
	thing      {int} NOT NULL,
	about      TEXT NOT NULL,
	shown      {int} NOT NULL,
	namesakes  {int} NOT NULL,
	officer    TEXT NOT NULL,
	role       TEXT NOT NULL,
	mandate    TEXT NOT NULL,
	office     TEXT NOT NULL,
	basis      TEXT NOT NULL,
	purpose    TEXT NOT NULL,
	serves     TEXT NOT NULL,
	why        TEXT NOT NULL,
	emergency  TEXT NOT NULL,
	hash       {bytes} NOT NULL CHECK (length(hash) = 32),
	salt       {bytes} NOT NULL,
	PRIMARY KEY (leaf, n)
) {strict};

CREATE INDEX look_proceeding ON look (proceeding, at DESC, leaf DESC, n DESC) WHERE proceeding <> '';
CREATE INDEX look_officer ON look (officer, at DESC, leaf DESC, n DESC);
CREATE INDEX look_office ON look (office, at);

{append_only:look leaf,n}

CREATE TABLE look_purpose (
	session    TEXT NOT NULL,
	proceeding TEXT NOT NULL,
	purpose    TEXT NOT NULL,
	serves     TEXT NOT NULL,
	why        TEXT NOT NULL,
	until      {int} NOT NULL,
	PRIMARY KEY (session, proceeding)
) {keyed};

CREATE INDEX look_purpose_until ON look_purpose (until);
`}, {ID: "look/0002", SQL: `
-- What was opened in an emergency, by leaf: whoever trails the journal finds it among all looks.
CREATE INDEX look_opened ON look (leaf, n, emergency) WHERE kind = 'opened';
`}}
