package proceedings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
)

// What a reader sees of a proceeding that he may read is decided here and nowhere else. The law gives sheets a class
// (procedure.Edition.SheetOf), the policies say who sees a class (access.ReadSheet), and a Proceeding that was read for
// somebody has the answer with it: its State, and the entries, deadlines and links that are read of it, are those that he sees.
// In the place of what is hidden stands that it is, and why.
//
// Classes are those of the edition in force when it is read. The policies are asked once for each class.

// Hidden is why something of a proceeding is not shown to whoever reads it.
type Hidden struct {
	No       int64    // of the entry, the thing or the deadline
	Policies []string // that hide it, by name; none where no policy shows it
	Article  string   // that one of them rests on; "" where none names one
}

// keySheet is what is told to whoever asks for a sheet that is hidden from him, in a proceeding that he may read.
const keySheet = "sheet.hidden"

// Fault is what is answered to whoever asks for it.
func (h *Hidden) Fault() *fault.Error {
	return &fault.Error{Kind: fault.Forbidden, Key: keySheet, Article: h.Article, Policies: h.Policies}
}

// no is the same of something else that is hidden for the same reason.
func (h *Hidden) no(n int64) *Hidden {
	other := *h
	other.No = n
	return &other
}

// sight is what one reader sees of one proceeding. The zero value sees nothing that has a class. Not for concurrent use.
type sight struct {
	law     *procedure.Law
	edition *procedure.Edition // whose classes hold
	state   *procedure.State   // as it is
	officer string             // who reads; "": nobody who does acts
	whole   bool               // he sees all
	ask     func(class string, own bool) access.Decision
	answers map[sheetAsked]*Hidden
}

type sheetAsked struct {
	class string
	own   bool
}

// hides reports why a sheet of a class is hidden; nil if it is seen.
func (s *sight) hides(class string, own bool) *Hidden {
	if s.whole || class == "" {
		return nil
	}
	q := sheetAsked{class, own}
	h, known := s.answers[q]
	if !known {
		var d access.Decision
		if s.ask != nil {
			d = s.ask(class, own)
		}
		if !d.Allowed {
			h = &Hidden{Policies: d.IDs(), Article: d.Article()}
		}
		if s.answers == nil {
			s.answers = map[sheetAsked]*Hidden{}
		}
		s.answers[q] = h
	}
	return h
}

// any reports why one of several classes is hidden.
func (s *sight) any(classes []string) *Hidden {
	for _, class := range classes {
		if h := s.hides(class, false); h != nil {
			return h
		}
	}
	return nil
}

func (s *sight) thing(no int32) *Hidden {
	if s.whole {
		return nil
	}
	if h := s.any(s.edition.SheetsOf(s.state, no)); h != nil {
		return h.no(int64(no))
	}
	return nil
}

// deadline reports why a deadline is hidden, by the act that started it and the thing that it runs for.
func (s *sight) deadline(no int32, by procedure.ActID, thing int32) *Hidden {
	if s.whole {
		return nil
	}
	if h := s.any(s.edition.SheetsOfDeadline(s.state, by, thing)); h != nil {
		return h.no(int64(no))
	}
	return nil
}

func (s *sight) stored(d *stored.Deadline) *Hidden {
	if s.whole {
		return nil
	}
	return s.deadline(d.No, s.law.Act(d.By), d.Thing)
}

// sheet reports why the sheet of an act is hidden.
func (s *sight) sheet(act, officer string, seq int64) *Hidden {
	if s.whole {
		return nil
	}
	if s.law == nil { // its proceeding went while a list was read
		return &Hidden{No: seq}
	}
	if h := s.hides(s.edition.SheetOf(s.law.Act(act)), officer != "" && officer == s.officer); h != nil {
		return h.no(seq)
	}
	return nil
}

// entry gives an entry as the reader sees it.
func (s *sight) entry(l journal.Sealed) Logged {
	if s.whole {
		return Logged{Sealed: l}
	}
	if h := s.sheet(l.Act, l.Officer, l.Seq); h != nil {
		return Logged{Sealed: journal.Sealed{Number: l.Number, Entry: journal.Entry{Proceeding: l.Proceeding, Seq: l.Seq, Law: l.Law, Done: l.Recorded, Recorded: l.Recorded}}, Hidden: h}
	}
	out := Logged{Sealed: l}
	if s.edition.SheetOf(s.law.Act(l.Act)) != "" { // what a sheet says that he sees, it says to its end
		return out
	}
	out.Cargo, out.Effects = nil, nil
	for i := range l.Effects {
		f := &l.Effects[i]
		if f.Thing > 0 && s.thing(f.Thing) != nil || f.Deadline != nil && s.stored(f.Deadline) != nil {
			out.Withheld++
			continue
		}
		out.Effects = append(out.Effects, *f)
	}
	return out
}

// seen makes a proceeding what its reader sees of it.
func (p *Proceeding) seen(s *sight) *Proceeding {
	whole := p.State
	p.sight, p.whole = s, &whole
	s.state = &whole
	if s.whole {
		return p
	}
	for no := range whole.Things {
		if h := s.thing(int32(no)); h != nil && no > 0 {
			p.HiddenThings = append(p.HiddenThings, *h)
		}
	}
	p.State = whole.Withhold(func(no int32) bool { return s.thing(no) != nil },
		func(d *procedure.Deadline) bool { return s.deadline(d.No, d.By, d.Thing) != nil })
	return p
}

// Whole reports whether the proceeding was read as it is stored, or under a law that hides nothing from anybody.
func (p *Proceeding) Whole() bool { return p.sight != nil && p.sight.whole }

// errUnread is what is answered about a proceeding that no Reader has read for anybody.
var errUnread = errors.New("the proceeding was not read for anybody: who would see what of it is not known")

// Verdicts says of every act whether the actor may do it now, as procedure.Edition.Verdicts does, by the whole of the
// proceeding; of things that are hidden from its reader, nothing.
func (p *Proceeding) Verdicts(e *procedure.Edition, actor procedure.Act) []procedure.Verdict {
	return p.VerdictsOf(e, actor, func(*procedure.ActRule, int32) bool { return true })
}

// VerdictsOf is Verdicts of some acts on some things alone, as procedure.Edition.VerdictsOf is.
func (p *Proceeding) VerdictsOf(e *procedure.Edition, actor procedure.Act, of func(r *procedure.ActRule, thing int32) bool) []procedure.Verdict {
	if p.sight == nil || p.sight.whole {
		return e.VerdictsOf(p.State, actor, of)
	}
	return e.VerdictsOf(*p.whole, actor, func(r *procedure.ActRule, thing int32) bool { return p.sight.thing(thing) == nil && of(r, thing) })
}

// sightOf is what an officer sees of a proceeding in a state.
func (k *Reader) sightOf(at calendar.Moment, who access.Actor, law *procedure.Law, state *procedure.State, what access.Resource) *sight {
	e := law.At(at)
	s := &sight{law: law, edition: e, state: state, officer: who.Officer, whole: !e.Classed()}
	if s.whole {
		return s
	}
	what.Opened = e.Opened(state)
	s.ask = func(class string, own bool) access.Decision {
		what.Sheet, what.Own = class, own
		return k.DecideAt(at, who, access.ReadSheet, what)
	}
	return s
}

// sightOfClient is what a system sees.
func (k *Reader) sightOfClient(who access.Client, p *Proceeding) *sight {
	e := p.Law.At(k.now())
	what := p.Resource()
	what.Opened = e.Opened(&p.State)
	return &sight{law: p.Law, edition: e, whole: !e.Classed(), ask: func(class string, _ bool) access.Decision {
		what.Sheet = class
		return k.InForce().DecideClientSheet(k.dir.Tree().Service(), who, what)
	}}
}

// Unseen reports whether a thing of a proceeding is hidden from an actor who may read it: he does nothing on what is not there for him.
func (k *Reader) Unseen(at calendar.Moment, who access.Actor, law *procedure.Law, state *procedure.State, what access.Resource, thing int32) bool {
	if thing <= 0 || int(thing) >= len(state.Things) {
		return false
	}
	return k.sightOf(at, who, law, state, what).thing(thing) != nil
}

// sights are what an actor sees of each of several proceedings, by id. Of a proceeding from which nothing can be hidden
// from him nothing is read.
func (k *Reader) sights(ctx context.Context, who access.Actor, of map[string]access.Resource) (map[string]*sight, error) {
	out := make(map[string]*sight, len(of))
	var unsure []string
	at := k.now()
	for id, what := range of {
		law := k.laws[what.Law]
		if law == nil || !law.At(at).Classed() || !k.mayHide(at, who, law.At(at), what) {
			out[id] = &sight{whole: true}
			continue
		}
		unsure = append(unsure, id)
	}
	if len(unsure) == 0 {
		return out, nil
	}
	slices.Sort(unsure)
	keys := db.Keys(unsure)
	rows, err := k.db.Query(ctx, `SELECT id, state FROM proceeding WHERE id IN `+db.In(len(keys), 1), keys...)
	if err != nil {
		return nil, fmt.Errorf("read states: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var data []byte
		if err := rows.Scan(&id, &data); err != nil {
			return nil, err
		}
		what := of[id]
		state, err := stored.DecodeState(k.laws[what.Law], data)
		if err != nil {
			return nil, fmt.Errorf("proceeding %s: %w", id, err)
		}
		out[id] = k.sightOf(at, who, k.laws[what.Law], &state, what)
	}
	return out, rows.Err()
}

// mayHide reports whether any class of an edition may be hidden from an actor in a proceeding, whatever its state says.
func (k *Reader) mayHide(at calendar.Moment, who access.Actor, e *procedure.Edition, what access.Resource) bool {
	for _, what.Sheet = range e.Sheets {
		for _, what.Opened = range []bool{false, true} {
			if !k.DecideAt(at, who, access.ReadSheet, what).Allowed {
				return true
			}
		}
	}
	return false
}

// visible leaves out of a list of deadlines those that their reader does not see, as lists leave out what he may not read: in the
// place of one its row would tell when it ends. The page of its proceeding says that it is there.
func (k *Reader) visible(ctx context.Context, who access.Actor, list []Deadline) ([]Deadline, error) {
	of := map[string]access.Resource{}
	for i := range list {
		of[list[i].Proceeding] = list[i].of
	}
	sights, err := k.sights(ctx, who, of)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(d Deadline) bool {
		s := sights[d.Proceeding]
		return s == nil || s.stored(&d.Basis) != nil
	}), nil
}

// filled is a page of a list of which its reader may not see every row: it is read on until the page is full.
func (k *Reader) filled(ctx context.Context, who access.Actor, after After, limit int, page func(After) ([]Deadline, error)) (out []Deadline, err error) {
	for {
		rows, err := page(after)
		if err != nil || len(rows) == 0 {
			return out, err
		}
		last, whole := rows[len(rows)-1], len(rows) == limit
		after = After{Due: last.Due, Proceeding: last.Proceeding, No: last.No}
		if rows, err = k.visible(ctx, who, rows); err != nil {
			return nil, err
		}
		if out = append(out, rows...); len(out) >= limit {
			return out[:limit], nil
		}
		if !whole {
			return out, nil
		}
	}
}

// nextDue is the earliest end that a reader sees of those that lists show; 0 for none.
func (s *sight) nextDue(now calendar.Moment) (next calendar.Moment) {
	for i := range s.state.Deadlines {
		d := &s.state.Deadlines[i]
		t := s.law.TermOf(d)
		if d.Stopped != 0 || t == nil || t.Waiting() || d.Due < now && (t.Breach == procedure.Lapse || t.AtOnce) || s.deadline(d.No, d.By, d.Thing) != nil {
			continue
		}
		if next == 0 || d.Due < next {
			next = d.Due
		}
	}
	return next
}

// veilListed puts the next ends of a list of proceedings right where their reader does not see all deadlines.
func (k *Reader) veilListed(ctx context.Context, who access.Actor, list []Listed) ([]Listed, error) {
	of := map[string]access.Resource{}
	for i := range list {
		if list[i].NextDue != 0 {
			of[list[i].ID] = list[i].of
		}
	}
	sights, err := k.sights(ctx, who, of)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if s := sights[list[i].ID]; s != nil && !s.whole {
			list[i].NextDue = s.nextDue(k.now())
		}
	}
	return list, nil
}

// Hides reports why a thing is hidden from the reader of the proceeding; nil where it is seen, or is not there.
func (p *Proceeding) Hides(thing int32) *Hidden {
	for i := range p.HiddenThings {
		if p.HiddenThings[i].No == int64(thing) {
			return &p.HiddenThings[i]
		}
	}
	return nil
}

const countSheets = `SELECT act, officer = $2, count(*) FROM entry WHERE proceeding = $1 GROUP BY act, officer = $2`

// HiddenSheets counts the entries of a proceeding that its reader does not see.
func (k *Reader) HiddenSheets(ctx context.Context, p *Proceeding) (n int, err error) {
	if p.sight == nil {
		return 0, errUnread
	}
	if p.sight.whole {
		return 0, nil
	}
	rows, err := k.db.Query(ctx, countSheets, p.ID, p.sight.officer)
	if err != nil {
		return 0, fmt.Errorf("count sheets: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var act string
		var own bool
		var some int
		if err := rows.Scan(&act, &own, &some); err != nil {
			return 0, err
		}
		officer := ""
		if own {
			officer = p.sight.officer
		}
		if p.sight.sheet(act, officer, 0) != nil {
			n += some
		}
	}
	return n, rows.Err()
}

// EntryNumber reads the number of an entry as an address has it; false where the proceeding has no such entry.
func (p *Proceeding) EntryNumber(text string) (n int64, there bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n >= 1 && n <= p.Version && text == strconv.FormatInt(n, 10)
}

// Entry is an entry as the journal keeps it, for its receipt. NotFound where there is none; where it is hidden, Forbidden with what hides it.
func (k *Reader) Entry(ctx context.Context, p *Proceeding, seq int64) (*journal.Sealed, error) {
	if p.sight == nil {
		return nil, errUnread
	}
	list, err := k.entries(ctx, selectEntries, p.Number, p.ID, seq+1, 1)
	if err != nil {
		return nil, err
	}
	if len(list) != 1 || list[0].Seq != seq {
		return nil, fault.New(fault.NotFound, "fault.no_page", nil)
	}
	if h := p.sight.sheet(list[0].Act, list[0].Officer, seq); h != nil {
		return nil, h.Fault()
	}
	return &list[0], nil
}
