// Package find finds proceedings by what is in them: numbers, persons in any script and spelling of their names, words
// of forms, articles, places, plates of vehicles, telephones, accounts. One box takes them all.
//
// It owns an index, written behind the journal (package follow), of the forms of acts and of things that came from other
// proceedings: for each, keys that package script and this one make in Go, so that both databases look for the same.
// What is indexed, and how, follows from the types of values (package fact) and from their shape, never from the names of a law.
//
// Found is what matches and may be read, and nothing else: a query asks the policies of read for the proceeding and those
// of read_sheet for each sheet that matches (proceedings.Query), so that neither a page nor a count tells of what its
// reader does not see (but for how far was looked: docs/decisions/0028); and what is shown of it is read once more where it is kept (proceedings.Shown). The index itself
// knows which act made a sheet, not which class that has: classes are those of the edition in force when it is read.
//
// A word matches by one of its keys. A proceeding is found where the words of the query stand in the name of one person; where
// there is none such, where each stands in some sheet that the reader sees; then names that are a typing error away
// count as well, in the same order; and then one word of three or more may be missing. The answer says which it was.
//
// No query looks at more than a bounded number of proceedings: the newest that have the rarest word. Within them what
// matches best comes first. Where there may be more, the answer says from where to go on, and nothing is left out.
//
// The index is no record: it can be emptied and written anew at any time, and is a moment behind. It holds keys, which are
// personal data as what they were made of; they lie by word, proceeding and sheet, so that those of a sheet that is erased are found by its words.
package find

import (
	"context"
	"hash/fnv"
	"slices"
	"strings"

	"nazorat/internal/db"
	"nazorat/internal/follow"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/script"
)

// Migrations of this package's tables.
//
// find_case numbers proceedings in the order in which they were opened: no is the leaf of the first entry. opened says
// whether the file was opened to the parties. find_word is the index: which key stands in which sheet; seq is its entry, source what
// made it. find_source are those: an act, or the kinds of a thing and of what it belongs to; or neither, for the number of the
// proceeding. find_person are the things that acts brought, with the state that each is in. find_name are the words
// of names that were met, as they sound in full and as keys, and find_near the keys by the former with one letter left out, by which those are found that are a typing error away.
var Migrations = []db.Migration{{ID: "find/0001", SQL: `
CREATE TABLE find_case (
	no         {int} PRIMARY KEY CHECK (no >= 0),
	proceeding TEXT NOT NULL UNIQUE,
	opened     {int} NOT NULL CHECK (opened IN (0, 1))
) {strict};

CREATE TABLE find_word (
	word   TEXT NOT NULL,
	no     {int} NOT NULL,
	seq    {int} NOT NULL,
	source {int} NOT NULL,
	PRIMARY KEY (word, no, seq, source)
) {keyed};

CREATE TABLE find_source (
	id    {int} PRIMARY KEY,
	law   TEXT NOT NULL,
	act   TEXT NOT NULL,
	kinds TEXT NOT NULL,
	UNIQUE (law, act, kinds)
) {strict};

CREATE TABLE find_person (
	no     {int} NOT NULL,
	thing  {int} NOT NULL,
	seq    {int} NOT NULL,
	kinds  TEXT NOT NULL,
	state  TEXT NOT NULL,
	source {int} NOT NULL,
	PRIMARY KEY (no, thing)
) {keyed};

CREATE TABLE find_name (
	name  TEXT PRIMARY KEY,
	sound TEXT NOT NULL
) {keyed};

CREATE TABLE find_near (
	part TEXT NOT NULL,
	name TEXT NOT NULL,
	PRIMARY KEY (part, name)
) {keyed};
`}}

// shape of the index: it is written anew where this has changed.
const shape = 3

// Name of the index among followers.
const Name = "find"

// Index finds. Safe for concurrent use.
type Index struct {
	db       *db.DB
	reader   *proceedings.Reader
	under    func(office string) []string // an office and those below it
	follower *follow.Keeper
	opening  map[string][]string // by law: the facts that say that a file was opened to the parties
	places   map[string][]string // codes of places by the words of their names, folded
	bounds   bounds
	codes    map[string][]string // of law, by what else they are called
}

// Open gives the index in a migrated database. under gives an office and those below it.
func Open(d *db.DB, reader *proceedings.Reader, under func(office string) []string) *Index {
	x := &Index{db: d, reader: reader, under: under, follower: follow.New(d), opening: map[string][]string{}, places: map[string][]string{}, codes: map[string][]string{}, bounds: served}
	for _, name := range reader.Laws() {
		law := reader.Law(name)
		for _, e := range law.Editions {
			if o := openingOf(law, e); o != "" && !slices.Contains(x.opening[name], o) {
				x.opening[name] = append(x.opening[name], o)
			}
			x.addPlaces(e.Places)
		}
	}
	return x
}

// openingOf is the fact of a proceeding that says that its file was opened to the parties; "" where an edition has none.
func openingOf(law *procedure.Law, e *procedure.Edition) string {
	if len(e.Kinds) == 0 || e.Kinds[0] == nil || e.Kinds[0].Opening == nil {
		return ""
	}
	return law.Names.Fields[0].List[e.Kinds[0].Opening.Opened]
}

// addPlaces learns the names of places in every language that they are written in.
func (x *Index) addPlaces(p *lawtext.Places) {
	if p == nil {
		return
	}
	for _, lang := range []string{"uz", "ru", "en"} {
		for code, name := range p.Names(lang) {
			for _, s := range spans(name) {
				word := script.Fold(name[s.from:s.to])
				if len(word) > 2 && !slices.Contains(x.places[word], code) {
					x.places[word] = append(x.places[word], code)
				}
			}
		}
	}
	for _, codes := range x.places {
		slices.Sort(codes)
	}
}

// Follower is the index as it follows the journal.
func (x *Index) Follower() follow.Follower {
	h := fnv.New32a()
	for _, law := range x.reader.Laws() {
		_, _ = h.Write([]byte(law + " " + strings.Join(x.opening[law], " ") + "\n")) // a hash takes everything
	}
	return follow.Follower{Name: Name, Version: shape<<32 | int64(h.Sum32()), Follow: x.Follow, Empty: x.Empty}
}

// Lag is how far the index is behind the journal.
func (x *Index) Lag(ctx context.Context) (follow.Lag, error) { return x.follower.Lag(ctx, Name) }

// Call teaches the index by which other names people call what articles are of: by the name that the law has for it, such as УПК for CPC.
// It is called before anything is looked for.
func (x *Index) Call(shorts map[string]string) {
	for short, other := range shorts {
		if from, to := script.Fold(other), script.Fold(short); from != to && from != "" && !slices.Contains(x.codes[from], to) {
			x.codes[from] = append(x.codes[from], to)
		}
	}
}
