package docket

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/fact"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
	"nazorat/internal/vault"
)

// sheet is what a batch works on: the proceedings that its acts are for, read
// at once and then changed in memory, and the rows that follow, written in
// parts beside the deciding and to their end by flush. It holds the head of the
// journal, so that no other batch of the office, in this process or another,
// works at the same time.
type sheet struct {
	k      *Docket
	tx     *db.Tx
	mark   db.Mark   // of the database as it is read
	began  int64     // size of the journal before it
	tip    *leaf.Tip // the end of the journal
	typist *typist   // writes what is handed to it beside the deciding; nil: it is written at once
	count  int64     // entries so far
	leaves []journal.Hash
	held   map[string]*held
	last   map[series]int64          // the last number given in a series
	series map[series]bool           // those that have a row
	sent   map[string]*entry         // what this batch did, by submission
	holds  map[string][]holding      // the mandates of the officers that forms of the batch name; who is no key was not looked up
	files  map[vault.Owner]fact.File // that officers have brought, of those asked for
	asked  map[string]bool           // hashes of files that were looked for
	before map[string]bool           // submissions that were done before; what is no key was not looked for
	away   map[string]bool           // officers who sign something, and whether they are on leave; who is no key was not looked up

	written map[string]bool // proceedings that it changed, by id
	dirty   []string        // those that the tables do not have yet, once or more often
	tallied []tallyRow      // counts that have a row from now on
	rows
}

// rows are what a batch, or one turn of it, adds to the tables, in the order in which it came about.
type rows struct {
	entries   []*entry
	deadlines []*deadlineRow
	tallies   []tallyRow
	copies    []copyRow
	parties   []partyRow
	links     []linkRow
	changes   []Change             // on whose boards
	documents []vault.Named        // the files that entries name
	erasures  []vault.Erasure      // the files that acts have erased
	records   []directory.Entry    // what the directory has from now on
	entering  []*procedure.ActRule // by record: the act that enters it
}

// held is a proceeding as the acts of the batch left it so far. A new value
// takes its place with each act; none is ever changed.
type held struct {
	id, number    string
	law           *procedure.Law
	office, super string
	charge, root  string
	secrecy       string         // as the state has it
	parties       stored.Parties // the same
	edition       string
	opened        calendar.Moment
	changed       calendar.Moment
	version       int64        // 0 before it is opened
	head          journal.Hash // of the last entry
	state         procedure.State
	fresh         bool // the tables do not have it yet
	moved         bool // nor the office or edition that it came to, how closed it is now, or its parties
	handed        bool // nor the officer
}

// series is what numbers are given in.
type series struct {
	office, law string
	year        int
}

// turn is what one request does. Nothing of it is seen by the others of the
// batch before it is kept; a refused request's turn is forgotten.
type turn struct {
	s    *sheet
	held map[string]*held
	last map[series]int64
	sent map[string]*entry
	rows
}

const (
	selectHeld = `SELECT id, law, number, office, supervisor, in_charge, root_state, edition, opened, changed, version, head, state FROM proceeding WHERE id IN `
	selectDone = `SELECT submission FROM entry WHERE submission IN `
)

// sheet begins a batch. It reads the proceedings and looks for the submissions of all requests.
func (k *Docket) sheet(tx *db.Tx, batch []*request) (*sheet, error) {
	tip, err := leaf.Head(tx)
	if err != nil {
		return nil, err
	}
	mark, err := tx.Mark()
	if err != nil {
		return nil, err
	}
	s := &sheet{k: k, tx: tx, mark: mark, began: tip.Size, tip: tip, held: map[string]*held{}, last: map[series]int64{}, series: map[series]bool{}, sent: map[string]*entry{}, before: map[string]bool{}, holds: map[string][]holding{}, files: map[vault.Owner]fact.File{}, asked: map[string]bool{}, written: map[string]bool{}}
	var ids, submissions []string
	for _, r := range batch {
		for i := range r.commands {
			c := &r.commands[i]
			if id := c.Proceeding; id != "" && s.held[id] == nil {
				s.held[id] = &held{}
				ids = append(ids, id)
			}
			if c.Submission != "" {
				submissions = append(submissions, c.Submission)
			}
		}
	}
	clear(s.held)
	if err := s.read(ids); err != nil {
		return nil, err
	}
	if err := s.look(submissions); err != nil {
		return nil, err
	}
	if err := s.uploads(batch); err != nil {
		return nil, err
	}
	return s, s.officers(batch)
}

// lookTogether is how many keys one statement asks for at most.
const lookTogether = 128

// read takes proceedings from memory where it can be trusted, else from the database.
func (s *sheet) read(ids []string) error {
	if s.k.memory.trusted(s.mark, s.began) {
		ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
			h := s.k.memory.of(id)
			if h != nil {
				s.held[id] = h
			}
			return h != nil
		})
	}
	for len(ids) > 0 {
		n := min(len(ids), lookTogether)
		keys := db.Keys(ids[:n])
		if err := s.readSome(selectHeld+db.In(len(keys), 1), keys); err != nil {
			return err
		}
		ids = ids[n:]
	}
	return nil
}

func (s *sheet) readSome(text string, keys []any) error {
	err := s.each(text, keys, func(rows *sql.Rows) error {
		h := &held{}
		var law string
		var head, state []byte
		err := rows.Scan(&h.id, &law, &h.number, &h.office, &h.super, &h.charge, &h.root, &h.edition, &h.opened, &h.changed, &h.version, &head, &state)
		if err != nil {
			return err
		}
		if h.head, err = journal.HashOf(head); err != nil {
			return fmt.Errorf("%s: %w", h.id, err)
		}
		if h.law = s.k.Law(law); h.law == nil {
			return fmt.Errorf("%s: the law %s is not loaded", h.id, law)
		}
		if known := s.k.memory.of(h.id); known != nil && known.head == h.head {
			h.state = known.state
		} else if h.state, err = stored.DecodeState(h.law, state); err != nil {
			return fmt.Errorf("%s: %w", h.id, err)
		}
		h.secrecy, h.parties = h.law.Secrecy(&h.state), h.law.Parties(&h.state)
		s.held[h.id] = h
		return nil
	})
	if err != nil {
		return fmt.Errorf("read proceedings: %w", err)
	}
	return nil
}

// look finds out which submissions were done before this batch.
func (s *sheet) look(submissions []string) error {
	for len(submissions) > 0 {
		n := min(len(submissions), lookTogether)
		keys := db.Keys(submissions[:n])
		for _, x := range submissions[:n] {
			s.before[x] = false
		}
		err := s.each(selectDone+db.In(len(keys), 1), keys, func(rows *sql.Rows) error {
			var x string
			err := rows.Scan(&x)
			s.before[x] = true
			return err
		})
		if err != nil {
			return fmt.Errorf("look for earlier sendings: %w", err)
		}
		submissions = submissions[n:]
	}
	return nil
}

// each gives every row of a query to f.
func (s *sheet) each(text string, keys []any, f func(*sql.Rows) error) error {
	tx, err := s.reading()
	if err != nil {
		return err
	}
	rows, err := tx.Query(text, keys...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// holding is a mandate of an officer: a role in an office, from one moment to another.
type holding struct {
	office, role string
	from, to     calendar.Moment // to 0: open
}

const selectHolds = `SELECT officer, office, role, valid_from, valid_to FROM mandate WHERE officer IN `

// officers looks up the mandates of all officers whom forms of the batch name.
func (s *sheet) officers(batch []*request) error {
	var named []string
	for _, r := range batch {
		for i := range r.commands {
			c := &r.commands[i]
			law := s.k.Law(c.Law)
			if h := s.held[c.Proceeding]; h != nil {
				law = h.law
			}
			if law == nil {
				continue
			}
			rule := law.Editions[len(law.Editions)-1].Act(c.Act) // one of an older edition alone is looked up when it is judged
			if rule == nil {
				continue
			}
			for _, f := range rule.Form {
				if f != nil && f.Type == fact.Officer && c.Form[f.Name] != "" {
					named = append(named, c.Form[f.Name])
				}
			}
		}
	}
	return s.lookUp(named)
}

// lookUp reads the mandates of officers who were not looked up yet.
func (s *sheet) lookUp(named []string) error {
	named = slices.DeleteFunc(named, func(x string) bool {
		_, known := s.holds[x]
		if !known {
			s.holds[x] = nil
		}
		return known
	})
	for len(named) > 0 {
		n := min(len(named), lookTogether)
		keys := db.Keys(named[:n])
		err := s.each(selectHolds+db.In(len(keys), 1), keys, func(rows *sql.Rows) error {
			var officer string
			var h holding
			err := rows.Scan(&officer, &h.office, &h.role, &h.from, &h.to)
			s.holds[officer] = append(s.holds[officer], h)
			return err
		})
		if err != nil {
			return fmt.Errorf("read mandates: %w", err)
		}
		named = named[n:]
	}
	return nil
}

// serves reports whether an officer has a role, or ("") any, in an office at a moment.
func (s *sheet) serves(officer, office, role string, at calendar.Moment) (bool, error) {
	if err := s.lookUp([]string{officer}); err != nil {
		return false, err
	}
	return slices.ContainsFunc(s.holds[officer], func(h holding) bool {
		return h.office == office && (h.role == role || role == "") && h.from <= at && (h.to == 0 || h.to > at)
	}), nil
}

// turn begins what one request does.
func (s *sheet) turn() *turn {
	return &turn{s: s, held: map[string]*held{}, last: map[series]int64{}, sent: map[string]*entry{}}
}

// proceeding as it stands for this turn; nil if there is none.
func (t *turn) proceeding(id string) (*held, error) {
	if h := t.held[id]; h != nil {
		return h, nil
	}
	if h := t.s.held[id]; h != nil {
		return h, nil
	}
	if err := t.s.read([]string{id}); err != nil {
		return nil, err
	}
	return t.s.held[id], nil
}

const selectIDOfNumber = `SELECT id FROM proceeding WHERE number = $1`

// byNumber finds a proceeding, also one that was opened in this batch; nil if there is none.
func (t *turn) byNumber(number string) (*held, error) {
	for _, held := range []map[string]*held{t.held, t.s.held} {
		for _, h := range held {
			if h.number == number {
				return t.proceeding(h.id)
			}
		}
	}
	tx, err := t.s.reading()
	if err != nil {
		return nil, err
	}
	var id string
	err = tx.QueryRow(selectIDOfNumber, number).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find number: %w", err)
	}
	return t.proceeding(id)
}

const selectNumbering = `SELECT last FROM numbering WHERE office = $1 AND law = $2 AND year = $3`

// next gives the next number of a series.
func (t *turn) next(of series) (int64, error) {
	n, known := t.last[of]
	if !known {
		n, known = t.s.last[of]
	}
	if !known && t.s.k.memory.trusted(t.s.mark, t.s.began) {
		n, known = t.s.k.memory.last[of]
		t.s.series[of] = known
	}
	if !known {
		tx, err := t.s.reading()
		if err != nil {
			return 0, err
		}
		err = tx.QueryRow(selectNumbering, of.office, of.law, of.year).Scan(&n)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, fmt.Errorf("next number: %w", err)
		}
		t.s.series[of] = err == nil
	}
	t.last[of] = n + 1
	return n + 1, nil
}

// keep puts the turn on the sheet.
func (t *turn) keep() {
	for id, h := range t.held {
		t.s.held[id] = h
		t.s.dirty = append(t.s.dirty, id)
	}
	for of, n := range t.last {
		t.s.last[of] = n
	}
	for x, e := range t.sent {
		t.s.sent[x] = e
	}
	t.s.count += int64(len(t.entries))
	s := &t.s.rows
	s.entries = append(s.entries, t.entries...)
	s.deadlines = append(s.deadlines, t.deadlines...)
	s.tallies = append(s.tallies, t.tallies...)
	s.copies = append(s.copies, t.copies...)
	s.parties = append(s.parties, t.parties...)
	s.links = append(s.links, t.links...)
	s.documents = append(s.documents, t.documents...)
	s.erasures = append(s.erasures, t.erasures...)
	s.changes = append(s.changes, t.changes...)
	s.records = append(s.records, t.records...)
}
