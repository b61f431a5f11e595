// Package proceedings is what is read of proceedings, by whoever may: one of
// them with its entries, deadlines and links; the lists and boards of officers
// and offices; the past of many. What is done to them is package docket's, and
// this one knows nothing of it: it reads the tables that docket writes, whose
// schema (docket.Migrations) is docket's contract with it, and writes none.
//
// Who may is what the policies say, and this package asks them: of one
// proceeding the policies themselves, of many as sets that a query can ask, so
// that a list shows what single readings would allow and nothing else. What may
// not be read is not there: NotFound, in the same words. The few questions that ask
// nobody who he is say so, and for whom they are.
//
// It reads no clock but the one that it is given, and nothing that it gives is
// shared: what a caller changes of it nobody else sees.
package proceedings

import (
	"context"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/procedure"
)

// Reader reads proceedings. Safe for concurrent use.
type Reader struct {
	db    *db.DB
	dir   *directory.Directory
	laws  map[string]*procedure.Law
	order []string
	now   func() calendar.Moment
	large *large

	policies *access.Policies
	zone     *calendar.Zone // where the office's days begin; nil without a law
	except   func(ctx context.Context, who access.Actor, proceeding string) (string, error)
}

// Options of a reader.
type Options struct {
	Now      func() calendar.Moment
	Policies *access.Policies // who may see and do what; without any nobody may do anything

	// Except, if given, says by what exception somebody may read one proceeding that the policies do not let him read:
	// its name, "" for none. No list, search or act asks it.
	Except func(ctx context.Context, who access.Actor, proceeding string) (string, error)
}

// Open gives a reader of a migrated database, for an office that applies these laws.
func Open(d *db.DB, dir *directory.Directory, laws []*procedure.Law, o Options) *Reader {
	k := &Reader{db: d, dir: dir, laws: map[string]*procedure.Law{}, now: o.Now, policies: o.Policies, except: o.Except, large: &large{}}
	for _, l := range laws {
		k.laws[l.Name] = l
		k.zone = l.Editions[0].Days.Zone()
		k.order = append(k.order, l.Name)
	}
	return k
}

// Law by its name; nil if the office does not apply it.
func (k *Reader) Law(name string) *procedure.Law { return k.laws[name] }

// Laws that the office applies.
func (k *Reader) Laws() []string { return k.order }

// Now is the office's clock.
func (k *Reader) Now() calendar.Moment { return k.now() }

// Owner says who owes a deadline of a proceeding in a state: the officer, if it is one, and the office.
func (k *Reader) Owner(law *procedure.Law, s *procedure.State, d *procedure.Deadline) (officer, office string) {
	t := law.TermOf(d)
	if t.OwedBy == procedure.InCharge {
		return s.InCharge, s.Office
	}
	return "", k.dir.Tree().Competent(s.Office, t.OwedBy)
}
