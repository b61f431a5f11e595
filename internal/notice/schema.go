package notice

import "nazorat/internal/db"

// Migrations of this package's tables.
//
// notice: source is the entry ("e/<seq>"), the moment of a deadline ("d/<no>/<due>/<moment>") or the emergency ("x/<id>") that it tells of; at is when that
// happened, made when the notice was, noted when its receiver took note of it (0: he has not). act and actor are those of the
// entry, "" where it tells of none; no, term, starter (the act that started it), thing and due are of the deadline, no being 0 where it tells of none. email and
// sms are the references of the messages that went out with it. Rows are never taken away.
//
// notice_step: each step that the law takes where a term runs out, with how many officers there were to tell.
//
// message: what leaves the office. reference says what for, once; what it said is kept until it was taken, refused or given up, and
// then wiped; so is the address of whoever is no officer (officer is "" then), once nothing more is asked of it. next is when something is to be done about it (sending it, asking what became of it), holder who was at it last, and calm is 0 for what goes before all else.
var Migrations = []db.Migration{{ID: "notice/0001", SQL: `
CREATE TABLE notice (
	proceeding TEXT NOT NULL,
	source     TEXT NOT NULL,
	officer    TEXT NOT NULL,
	role       TEXT NOT NULL,
	office     TEXT NOT NULL,
	mandate    TEXT NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('charge', 'begun', 'copy', 'act', 'warning', 'due', 'told', 'escalated', 'emergency')),
	urgent     {int} NOT NULL CHECK (urgent IN (0, 1, 2)),
	at         {int} NOT NULL,
	made       {int} NOT NULL,
	law        TEXT NOT NULL,
	seq        {int} NOT NULL,
	act        TEXT NOT NULL,
	actor      TEXT NOT NULL,
	no         {int} NOT NULL,
	term       TEXT NOT NULL,
	starter    TEXT NOT NULL,
	thing      {int} NOT NULL,
	due        {int} NOT NULL,
	step       {int} NOT NULL,
	email      TEXT NOT NULL,
	sms        TEXT NOT NULL,
	noted      {int} NOT NULL DEFAULT 0,
	PRIMARY KEY (proceeding, source, officer)
) {strict};

CREATE INDEX notice_new ON notice (officer, office, urgent, made, proceeding, source) WHERE noted = 0;
CREATE INDEX notice_officer ON notice (officer, office, made, proceeding, source);

CREATE TABLE notice_step (
	proceeding TEXT NOT NULL,
	no         {int} NOT NULL,
	due        {int} NOT NULL,
	step       {int} NOT NULL,
	at         {int} NOT NULL,
	taken      {int} NOT NULL,
	release    {int} NOT NULL CHECK (release IN (0, 1)),
	receivers  {int} NOT NULL,
	PRIMARY KEY (proceeding, no, due, step)
) {keyed};

CREATE INDEX notice_step_unheard ON notice_step (proceeding, no) WHERE receivers = 0 AND release = 1;

CREATE TABLE notice_clock (
	name TEXT PRIMARY KEY,
	at   {int} NOT NULL
) {strict};

CREATE TABLE notice_way (
	officer   TEXT NOT NULL,
	channel   TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
	address   TEXT NOT NULL,
	lang      TEXT NOT NULL,
	confirmed {int} NOT NULL,
	code      TEXT NOT NULL,
	until     {int} NOT NULL,
	tries     {int} NOT NULL,
	proposed  TEXT NOT NULL,
	PRIMARY KEY (officer, channel)
) {strict};

CREATE TABLE notice_choice (
	officer TEXT NOT NULL,
	channel TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
	kind    TEXT NOT NULL,
	PRIMARY KEY (officer, channel, kind)
) {keyed};

CREATE TABLE message (
	id        TEXT PRIMARY KEY,
	reference TEXT NOT NULL UNIQUE,
	channel   TEXT NOT NULL CHECK (channel IN ('email', 'sms')),
	officer   TEXT NOT NULL,
	purpose   TEXT NOT NULL CHECK (purpose IN ('notice', 'code', 'letter')),
	address   TEXT NOT NULL,
	subject   TEXT NOT NULL,
	body      TEXT NOT NULL,
	state     TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'delivered', 'failed', 'refused', 'given_up')),
	made      {int} NOT NULL,
	until     {int} NOT NULL,
	attempts  {int} NOT NULL,
	calm      {int} NOT NULL CHECK (calm IN (0, 1)),
	next      {int} NOT NULL,
	holder    TEXT NOT NULL,
	changed   {int} NOT NULL,
	gateway   TEXT NOT NULL,
	reason    TEXT NOT NULL
) {strict} {roomy};

CREATE INDEX message_next ON message (channel, calm, next, id) WHERE next > 0;
CREATE INDEX message_waiting ON message (channel, made) WHERE state = 'waiting';
CREATE INDEX message_given_up ON message (changed) WHERE state = 'given_up';
CREATE INDEX message_codes ON message (officer, made) WHERE purpose = 'code';
`}}
