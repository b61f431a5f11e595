// Package replay lives through the journal of an office again, and holds what is
// stored against it.
//
// It owns no table. It reads entries in the order of the journal, in canonical
// bytes and without any law, as whoever verifies does (Records); and by the law, one
// proceeding after the other (Check): the chain of its entries, that the
// engine gives each of them its effects again, and that state, columns, deadlines
// and links are what they lead to. It knows nothing of what wrote them: package docket
// stands above it. It changes nothing, asks nobody who he is, and serves those who hold the
// database; no page calls it.
package replay

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

// Replay of the journal of one office. Safe for concurrent use.
type Replay struct {
	db   *db.DB
	read *proceedings.Reader
}

// Of gives the replay of a database, under the laws and offices that a reader of the same database has.
func Of(d *db.DB, r *proceedings.Reader) *Replay { return &Replay{db: d, read: r} }

// Check verifies a proceeding's stream of entries: the chain of hashes, and
// that a replay under the editions named gives the state and the deadlines stored. It wants the proceeding as it is
// stored (proceedings.Reader.Stored): what somebody sees of it leads to nothing.
func (k *Replay) Check(ctx context.Context, p *proceedings.Proceeding) error {
	if !p.Whole() {
		return fmt.Errorf("proceeding %s was read for somebody who may not see all of it, and cannot be held against its entries", p.ID)
	}
	var chain journal.Chain
	var state procedure.State
	for {
		list, err := k.read.Entries(ctx, p, chain.Seq, 500)
		if err != nil {
			return err
		}
		for i := range list {
			l := &list[i]
			if err := chain.Follow(&l.Sealed); err != nil {
				return err
			}
			if state, err = k.replay(p.Law, state, &l.Entry); err != nil {
				return err
			}
		}
		if len(list) < 500 {
			break
		}
	}
	want, err := stored.EncodeState(p.Law, &state)
	if err != nil {
		return err
	}
	have, err := stored.EncodeState(p.Law, &p.State)
	if err != nil {
		return err
	}
	if string(want) != string(have) || chain.Seq != p.Version {
		return fmt.Errorf("%w: %s: the stored state is not what its %d entries lead to", journal.ErrBroken, p.ID, chain.Seq)
	}
	if err := checkEdition(p, &state); err != nil {
		return err
	}
	if err := k.checkRows(ctx, p, &state); err != nil {
		return err
	}
	return k.checkLinks(ctx, p)
}

// checkEdition holds the edition that the row names against the state. It may be
// a later one than the entries know of, if its coming into force changed nothing.
func checkEdition(p *proceedings.Proceeding, s *procedure.State) error {
	e := p.Law.Edition(p.Edition)
	if e == nil || e.Index < int(s.Edition) {
		return fmt.Errorf("%w: %s: the edition %q is not one that its entries lead to", journal.ErrBroken, p.ID, p.Edition)
	}
	if p.Law.Over(s) {
		return nil
	}
	if _, effects := e.ComeIntoForce(*s, e.Start()); len(effects) > 0 {
		return fmt.Errorf("%w: %s: the edition %s took hold of it without an entry", journal.ErrBroken, p.ID, p.Edition)
	}
	return nil
}

const selectLinkedEntries = `SELECT l.from_seq, l.n, e.law, e.act, e.submission, f.submission, p.number FROM link l
JOIN entry f ON f.proceeding = l.from_proceeding AND f.seq = l.from_seq
JOIN entry e ON e.proceeding = l.to_proceeding AND e.seq = l.to_seq JOIN proceeding p ON p.id = l.to_proceeding
WHERE l.from_proceeding = $1 ORDER BY l.from_seq, l.n`

// checkLinks holds what the entries say that they did elsewhere against what was done there.
func (k *Replay) checkLinks(ctx context.Context, p *proceedings.Proceeding) error {
	type linked struct {
		seq int64
		stored.Call
	}
	var want []linked
	for after := int64(0); after < p.Version; {
		list, err := k.read.Entries(ctx, p, after, 500)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			break
		}
		for i := range list {
			for _, r := range list[i].Effects {
				if r.Call != nil {
					want = append(want, linked{list[i].Seq, *r.Call})
				}
			}
		}
		after = list[len(list)-1].Seq
	}
	rows, err := k.db.Query(ctx, selectLinkedEntries, p.ID)
	if err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	defer rows.Close()
	i := 0
	for ; rows.Next(); i++ {
		var seq int64
		var n int
		var law, act, submission, of, number string
		if err := rows.Scan(&seq, &n, &law, &act, &submission, &of, &number); err != nil {
			return err
		}
		if i >= len(want) || want[i].seq != seq || want[i].Procedure != law || want[i].Act != act || want[i].To != "" && want[i].To != number || submission != stored.LinkedSubmission(of, n) {
			return fmt.Errorf("%w: %s/%d: what it did elsewhere is not what stands there", journal.ErrBroken, p.ID, seq)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	if i != len(want) {
		return fmt.Errorf("%w: %s: %d acts elsewhere follow from its entries, and %d were done", journal.ErrBroken, p.ID, len(want), i)
	}
	return nil
}

const selectOpen = `SELECT no, term, thing, role, office, officer, secrecy, breach, due, status, steps FROM deadline WHERE proceeding = $1 AND status IN ('running', 'stopped') ORDER BY no`

// checkRows holds what lists and boards read against the state.
func (k *Replay) checkRows(ctx context.Context, p *proceedings.Proceeding, s *procedure.State) error {
	broken := func(what string) error {
		return fmt.Errorf("%w: %s: %s is not what its entries lead to", journal.ErrBroken, p.ID, what)
	}
	if p.Office != s.Office || p.InCharge != s.InCharge || p.RootState != p.Law.StateName(0, s.Things[0].State) || p.Title != p.Law.Title(s) {
		return broken("the stored office, officer, stage or title")
	}
	if parties := p.Law.Parties(s); p.Secrecy != p.Law.Secrecy(s) || !slices.Equal(p.Parties, parties) {
		return broken("how closed it is stored to be, or who its parties are,")
	} else if err := k.checkParties(ctx, p, parties); err != nil {
		return err
	}
	rows, err := k.db.Query(ctx, selectOpen, p.ID)
	if err != nil {
		return fmt.Errorf("read deadlines: %w", err)
	}
	defer rows.Close()
	duties := make([]*procedure.Deadline, 0, len(s.Deadlines))
	for i := range s.Deadlines {
		if d := &s.Deadlines[i]; !p.Law.TermOf(d).Waiting() {
			duties = append(duties, d)
		}
	}
	n := 0
	for ; rows.Next(); n++ {
		var no, thing int32
		var term, role, office, officer, secrecy, breach, status string
		var steps int
		var due calendar.Moment
		if err := rows.Scan(&no, &term, &thing, &role, &office, &officer, &secrecy, &breach, &due, &status, &steps); err != nil {
			return err
		}
		if n >= len(duties) {
			return broken("a stored deadline")
		}
		d := duties[n]
		t := p.Law.TermOf(d)
		wantOfficer, wantOffice := k.read.Owner(p.Law, s, d)
		want := stored.Running
		if d.Stopped != 0 {
			want = stored.Stopped
		}
		if no != d.No || term != p.Law.TermName(d.Term) || thing != d.Thing || due != d.Due || status != want || officer != wantOfficer || office != wantOffice ||
			secrecy != p.Secrecy || role != t.OwedBy || breach != stored.Breach(t) || steps != stored.Steps(t) {
			return broken(fmt.Sprintf("the stored deadline %d", no))
		}
	}
	if n != len(duties) {
		return broken("the number of stored deadlines")
	}
	return rows.Err()
}

const selectParties = `SELECT officer, role FROM party WHERE proceeding = $1 AND present = 1`

// checkParties holds the table in which parties find their proceedings against the state.
func (k *Replay) checkParties(ctx context.Context, p *proceedings.Proceeding, want []procedure.Party) error {
	rows, err := k.db.Query(ctx, selectParties, p.ID)
	if err != nil {
		return fmt.Errorf("read parties: %w", err)
	}
	defer rows.Close()
	var have []procedure.Party
	for rows.Next() {
		var one procedure.Party
		if err := rows.Scan(&one.Officer, &one.As); err != nil {
			return err
		}
		have = append(have, one)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	want = slices.DeleteFunc(slices.Clone(want), func(p procedure.Party) bool { return p.Office != "" }) // offices stand in the row alone
	if !sameParties(have, want) {
		return fmt.Errorf("%w: %s: the list of its parties is not what its entries lead to", journal.ErrBroken, p.ID)
	}
	return nil
}

// sameParties reports whether two lists hold the same parties, in whatever order.
func sameParties(a, b []procedure.Party) bool {
	by := func(x, y procedure.Party) int {
		return cmp.Or(cmp.Compare(x.As, y.As), cmp.Compare(x.Officer, y.Officer))
	}
	return slices.Equal(slices.SortedFunc(slices.Values(a), by), slices.SortedFunc(slices.Values(b), by))
}

// replay lives through one entry again.
func (k *Replay) replay(law *procedure.Law, s procedure.State, e *journal.Entry) (procedure.State, error) {
	edition := law.Edition(e.Edition)
	if edition == nil {
		return s, fmt.Errorf("entry %s/%d: there is no edition %s of %s", e.Proceeding, e.Seq, e.Edition, e.Law)
	}
	next, effects, err := Again(edition, s, e)
	if err != nil {
		return s, fmt.Errorf("entry %s/%d: %w", e.Proceeding, e.Seq, err)
	}
	want, err := json.Marshal(stored.Effects(law, effects))
	if err != nil {
		return s, err
	}
	have, err := json.Marshal(e.Effects)
	if err != nil {
		return s, err
	}
	if string(want) != string(have) {
		return s, fmt.Errorf("%w: entry %s/%d: a replay gives other effects", journal.ErrBroken, e.Proceeding, e.Seq)
	}
	return next, nil
}

// Again decides what an entry says was done: an act, or an edition's coming into force.
func Again(edition *procedure.Edition, s procedure.State, e *journal.Entry) (procedure.State, []procedure.Effect, error) {
	law := edition.Law
	if e.Act == procedure.ComesIntoForce {
		if e.Officer != "" || e.Role != "" || e.Done != edition.Start() {
			return s, nil, fmt.Errorf("%w: nobody lets an edition come into force, and on no other day than its own", journal.ErrBroken)
		}
		next, effects := edition.ComeIntoForce(s, e.Done)
		return next, effects, nil
	}
	if e.Act == procedure.ChangesHands {
		to, ok := stored.HandedTo(e.Form)
		if !ok || len(s.Things) == 0 || e.Edition != law.Editions[s.Edition].Name {
			return s, nil, fmt.Errorf("%w: it does not say into whose hands, or under another edition", journal.ErrBroken)
		}
		next, effects := s.GiveOver(to)
		return next, effects, nil
	}
	if len(s.Things) == 0 {
		s.Office = e.Office
	}
	act := law.Act(e.Act)
	if act < 0 {
		return s, nil, fmt.Errorf("%s has no act %s", e.Law, e.Act)
	}
	form, err := stored.DecodeForm(law, act, e.Form)
	if err != nil {
		return s, nil, err
	}
	cargo, err := stored.DecodeCargo(law, e.Cargo)
	if err != nil {
		return s, nil, err
	}
	next, effects, err := edition.Apply(s, procedure.Act{Act: act, Thing: e.Thing, Done: e.Done, Recorded: e.Recorded, Officer: e.Officer, Role: e.Role, Office: e.Office, For: stoodIn(e), Form: form, Cargo: cargo})
	if err != nil {
		return s, nil, fmt.Errorf("a replay refuses it: %w", err)
	}
	return next, effects, nil
}

// stoodIn is the officer in whose place an entry's act was done: the entry says it among what followed.
func stoodIn(e *journal.Entry) string {
	for i := range e.Effects {
		if f := &e.Effects[i]; f.Effect == procedure.StoodIn.String() && f.Value != nil {
			return f.Value[1]
		}
	}
	return ""
}
