// Package figures counts: reports, decisions, cases, persons held, terms kept and missed, sums, by whatever the law says that they are told
// apart by (figures.yaml beside it), as of any leaf of the journal.
//
// It owns facts, written behind the journal (package follow): of each proceeding what policies ask about and where it stood, and of
// each act, thing and deadline that is counted by what it is told apart. Every row holds from a leaf until a leaf. So a question asked as of a size of
// the tree is a condition, and has the same answer whatever is done afterwards; an answer names that size and the root of the tree.
//
// Counted is what the asker may read, and nothing else: a question has the conditions of reading and of sheets in it
// (proceedings.Query), asked of each proceeding as it was then, by the policies and mandates of today (docs/decisions/0035).
//
// It knows no name of any law. The tables are no record: they can be emptied and written anew at any time, and are a moment behind.
package figures

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"io/fs"

	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/follow"
	"nazorat/internal/lawtext"
	"nazorat/internal/leaf"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
)

// Migrations of this package's tables.
//
// figures_case are the versions of proceedings: what policies ask about, under the names that they have in proceeding, so that a query joins it in
// its place as p; no is the leaf of the first entry; facts are those of the proceeding by which something is told apart. figures_fact are the versions of
// what is counted: item is the entry, the thing or the deadline; day and month (twelve times the year, and the month) are when it was done, came into its
// state, or ended; did is who did it; a to d are the parts, n1 to n3 the amounts, other says that some of them were in another currency. A
// version holds from the leaf since and up to until, without it. figures_count numbers the counts, and figures_source is what rows were made from.
// figures_month are the months that are over: leaf is the size of the tree at their end, which is the moment ends.
//
// The keys of both begin with until behind what is asked for: what is over lies apart, so that a question of now reads no history.
var Migrations = []db.Migration{{ID: "figures/0001", SQL: `
CREATE TABLE figures_case (
	no         {int} NOT NULL,
	since      {int} NOT NULL,
	until      {int} NOT NULL,
	id         TEXT NOT NULL,
	law        TEXT NOT NULL,
	office     TEXT NOT NULL,
	supervisor TEXT NOT NULL,
	in_charge  TEXT NOT NULL,
	root_state TEXT NOT NULL,
	secrecy    TEXT NOT NULL,
	shown      {int} NOT NULL CHECK (shown IN (0, 1)),
	facts      TEXT NOT NULL,
	PRIMARY KEY (no, since)
) {keyed};

CREATE INDEX figures_case_id ON figures_case (id, since);

CREATE TABLE figures_fact (
	count   {int} NOT NULL,
	no      {int} NOT NULL,
	item    {int} NOT NULL,
	since   {int} NOT NULL,
	until   {int} NOT NULL,
	source  {int} NOT NULL,
	day     {int} NOT NULL,
	month   {int} NOT NULL,
	due     {int} NOT NULL,
	state   TEXT NOT NULL,
	office  TEXT NOT NULL,
	officer TEXT NOT NULL,
	did     TEXT NOT NULL,
	a       TEXT NOT NULL,
	b       TEXT NOT NULL,
	c       TEXT NOT NULL,
	d       TEXT NOT NULL,
	n1      {int} NOT NULL,
	n2      {int} NOT NULL,
	n3      {int} NOT NULL,
	other   {int} NOT NULL,
	PRIMARY KEY (count, no, item, since)
) {keyed};

CREATE INDEX figures_fact_day ON figures_fact (count, day);
CREATE INDEX figures_fact_office ON figures_fact (office, day, count);

CREATE TABLE figures_count (
	id   {int} PRIMARY KEY,
	law  TEXT NOT NULL,
	name TEXT NOT NULL,
	UNIQUE (law, name)
) {strict};

CREATE TABLE figures_source (
	id       {int} PRIMARY KEY,
	law      TEXT NOT NULL,
	act      TEXT NOT NULL,
	kinds    TEXT NOT NULL,
	deadline {int} NOT NULL CHECK (deadline IN (0, 1)),
	UNIQUE (law, act, kinds, deadline)
) {strict};
`}, {ID: "figures/0002", SQL: `
DROP TABLE figures_fact;
DROP TABLE figures_case;

CREATE TABLE figures_case (
	no         {int} NOT NULL,
	until      {int} NOT NULL,
	since      {int} NOT NULL,
	id         TEXT NOT NULL,
	law        TEXT NOT NULL,
	office     TEXT NOT NULL,
	supervisor TEXT NOT NULL,
	in_charge  TEXT NOT NULL,
	root_state TEXT NOT NULL,
	secrecy    TEXT NOT NULL,
	shown      {int} NOT NULL CHECK (shown IN (0, 1)),
	facts      TEXT NOT NULL,
	PRIMARY KEY (no, until),
	UNIQUE (no, since)
) {keyed};

CREATE INDEX figures_case_id ON figures_case (id, until);

CREATE TABLE figures_fact (
	count   {int} NOT NULL,
	until   {int} NOT NULL,
	no      {int} NOT NULL,
	item    {int} NOT NULL,
	since   {int} NOT NULL,
	source  {int} NOT NULL,
	day     {int} NOT NULL,
	month   {int} NOT NULL,
	due     {int} NOT NULL,
	state   TEXT NOT NULL,
	office  TEXT NOT NULL,
	officer TEXT NOT NULL,
	did     TEXT NOT NULL,
	a       TEXT NOT NULL,
	b       TEXT NOT NULL,
	c       TEXT NOT NULL,
	d       TEXT NOT NULL,
	n1      {int} NOT NULL,
	n2      {int} NOT NULL,
	n3      {int} NOT NULL,
	other   {int} NOT NULL,
	PRIMARY KEY (count, until, no, item),
	UNIQUE (count, no, item, since)
) {keyed};

CREATE INDEX figures_fact_day ON figures_fact (count, day);
CREATE INDEX figures_fact_office ON figures_fact (office, until, count);

CREATE TABLE figures_month (
	month {int} PRIMARY KEY,
	leaf  {int} NOT NULL,
	ends  {int} NOT NULL
) {strict};
`}}

// shape of the tables: they are written anew where this has changed.
const shape = 2

// Name of the facts among followers.
const Name = "figures"

// still is until when a version holds that is not over.
const still = 1 << 62

// Register answers questions. Safe for concurrent use.
type Register struct {
	db       *db.DB
	reader   *proceedings.Reader
	dir      *directory.Directory
	tree     *leaf.Log
	follower *follow.Keeper
	laws     []*Law
	answers  answers
	counting Counting
	of       map[string]*followed // by law
}

// followed is what is followed of a law.
type followed struct {
	law    *procedure.Law
	acts   map[string][]*Count // by act
	things map[procedure.KindID][]*Count
	terms  []*Count
	facts  map[string]bool // of the proceeding, by which something is told apart
}

// Open gives the register in a migrated database, of the laws that the reader has, whose files stand in fsys.
func Open(d *db.DB, reader *proceedings.Reader, dir *directory.Directory, fsys fs.FS) (*Register, error) {
	g := &Register{db: d, reader: reader, dir: dir, tree: leaf.Open(d), follower: follow.New(d), of: map[string]*followed{}}
	var laws []*procedure.Law
	for _, name := range reader.Laws() {
		laws = append(laws, reader.Law(name))
	}
	var err error
	if g.laws, err = Read(fsys, laws); err != nil {
		return nil, err
	}
	s := lawtext.New(fsys)
	g.counting = readCounting(s)
	if err := s.Err(); err != nil {
		return nil, err
	}
	for _, l := range g.laws {
		f := &followed{law: reader.Law(l.Name), acts: map[string][]*Count{}, things: map[procedure.KindID][]*Count{}, facts: map[string]bool{}}
		for _, c := range l.Counts {
			switch c.Of {
			case Acts:
				for _, act := range c.Acts {
					f.acts[act] = append(f.acts[act], c)
				}
			case Things:
				f.things[c.kind] = append(f.things[c.kind], c)
			case Terms:
				f.terms = append(f.terms, c)
			}
			for _, p := range c.Parts {
				if p.From == OfProceeding {
					f.facts[p.Field] = true
				}
			}
		}
		g.of[l.Name] = f
	}
	return g, nil
}

// Laws of which something is counted.
func (g *Register) Laws() []*Law { return g.laws }

// Law by its name; nil where nothing of it is counted.
func (g *Register) Law(name string) *Law {
	for _, l := range g.laws {
		if l.Name == name {
			return l
		}
	}
	return nil
}

// Follower is the register as it follows the journal. Another figures.yaml is another version: what its words say is left out of that.
func (g *Register) Follower() follow.Follower {
	h := fnv.New32a()
	for _, l := range g.laws {
		for _, c := range l.Counts {
			plain := *c
			plain.Called, plain.Sums = nil, c.kept()
			text, _ := json.Marshal(plain) // texts and numbers alone
			_, _ = h.Write(text)           // a hash takes everything
			for _, p := range c.Parts {
				_, _ = h.Write([]byte(p.column))
			}
		}
	}
	return follow.Follower{Name: Name, Version: shape<<32 | int64(h.Sum32()), Follow: g.Follow, Empty: g.Empty}
}

// kept are the sums of which each row has a part: what is made of them is reckoned when it is asked for.
func (c *Count) kept() []Sum { return c.Sums[:c.added] }

// Lag is how far the register is behind the journal.
func (g *Register) Lag(ctx context.Context) (follow.Lag, error) { return g.follower.Lag(ctx, Name) }
