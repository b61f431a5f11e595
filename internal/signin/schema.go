package signin

import "nazorat/internal/db"

// Migrations of this package's tables. A session is known by the hash of its token, and to its owner by its id. What a
// ceremony is for is in purpose; data is what the library wants to see again. Of a code generator step is the last step of
// time whose code was used. An attempt that is apart counts for its place alone. Times are microseconds, 0 for never.
var Migrations = []db.Migration{{ID: "signin/0001", SQL: `
CREATE TABLE password (
	officer TEXT PRIMARY KEY REFERENCES officer(id),
	hash    TEXT NOT NULL,
	ends    {int} NOT NULL DEFAULT 0
) {strict};

CREATE TABLE sign_in_attempt (
	id     TEXT PRIMARY KEY,
	login  TEXT NOT NULL,
	remote TEXT NOT NULL,
	apart  {int} NOT NULL CHECK (apart IN (0, 1)),
	at     {int} NOT NULL
) {strict};

CREATE INDEX sign_in_attempt_login ON sign_in_attempt (login, remote);
CREATE INDEX sign_in_attempt_at ON sign_in_attempt (at);

CREATE TABLE known_machine (
	machine {bytes} NOT NULL,
	officer TEXT NOT NULL REFERENCES officer(id),
	seen    {int} NOT NULL,
	PRIMARY KEY (machine, officer)
) {strict};

CREATE INDEX known_machine_officer ON known_machine (officer, seen);
CREATE INDEX known_machine_seen ON known_machine (seen);

CREATE TABLE code_generator (
	officer TEXT PRIMARY KEY REFERENCES officer(id),
	secret  {bytes} NOT NULL,
	step    {int} NOT NULL,
	added   {int} NOT NULL,
	used    {int} NOT NULL
) {strict};

CREATE TABLE passkey_owner (
	officer TEXT PRIMARY KEY REFERENCES officer(id),
	handle  {bytes} NOT NULL UNIQUE
) {strict};

CREATE TABLE passkey (
	id         {bytes} PRIMARY KEY,
	public_id  TEXT NOT NULL UNIQUE,
	officer    TEXT NOT NULL REFERENCES passkey_owner(officer),
	name       TEXT NOT NULL,
	public_key {bytes} NOT NULL,
	model      {bytes} NOT NULL,
	transports TEXT NOT NULL,
	flags      {int} NOT NULL,
	counter    {int} NOT NULL,
	added      {int} NOT NULL,
	used       {int} NOT NULL
) {strict};

CREATE INDEX passkey_officer ON passkey (officer, added);

CREATE TABLE ceremony (
	challenge {bytes} PRIMARY KEY,
	purpose   TEXT NOT NULL CHECK (purpose IN ('enrol', 'sign_in', 'presence')),
	session   TEXT NOT NULL,
	remote    TEXT NOT NULL,
	data      TEXT NOT NULL,
	ends      {int} NOT NULL
) {strict};

CREATE INDEX ceremony_ends ON ceremony (ends);
CREATE INDEX ceremony_remote ON ceremony (remote);

CREATE TABLE session (
	token   {bytes} PRIMARY KEY,
	id      TEXT NOT NULL UNIQUE,
	officer TEXT NOT NULL REFERENCES officer(id),
	mandate TEXT NOT NULL REFERENCES mandate(id),
	way     TEXT NOT NULL CHECK (way IN ('password', 'code', 'passkey', 'provider', 'choice', 'recovery')),
	browser TEXT NOT NULL,
	system  TEXT NOT NULL,
	created {int} NOT NULL,
	seen    {int} NOT NULL,
	ends    {int} NOT NULL,
	proven  {int} NOT NULL
) {strict};

CREATE INDEX session_ends ON session (ends);
CREATE INDEX session_officer ON session (officer);

CREATE TABLE recovery (
	id           TEXT PRIMARY KEY,
	officer      TEXT NOT NULL REFERENCES officer(id),
	reason       TEXT NOT NULL,
	asked_by     TEXT NOT NULL REFERENCES officer(id),
	asked        {int} NOT NULL,
	confirmed_by TEXT REFERENCES officer(id),
	confirmed    {int} NOT NULL,
	first_code   TEXT NOT NULL,
	second_code  TEXT NOT NULL,
	ends         {int} NOT NULL,
	used         {int} NOT NULL,
	CHECK (asked_by <> officer AND (confirmed_by IS NULL OR confirmed_by <> officer AND confirmed_by <> asked_by)),
	CHECK (used = 0 OR confirmed > 0)
) {strict};

CREATE INDEX recovery_officer ON recovery (officer, ends);
CREATE INDEX recovery_ends ON recovery (ends);

CREATE TABLE sign_in_event (
	id      TEXT PRIMARY KEY,
	at      {int} NOT NULL,
	officer TEXT NOT NULL REFERENCES officer(id),
	by_whom TEXT NOT NULL,
	what    TEXT NOT NULL,
	about   TEXT NOT NULL
) {strict};

CREATE INDEX sign_in_event_officer ON sign_in_event (officer, at);
{append_only:sign_in_event id}
`}}
