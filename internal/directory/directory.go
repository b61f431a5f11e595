// Package directory knows offices, officers and their mandates. An officer has a
// login, the name under which he signs in; how he proves that it is he is the
// business of package signin.
//
// An office is a unit of the service; a mandate says in which role an officer
// acts for which office, from when to when. Competence says which office has a
// role for another office: whose prosecutor supervises it, whose judge hears
// it. No rule about who may do what lies here: see package access.
//
// The tree of offices is small (hundreds) and read on every page, so it is
// kept in memory and replaced whole when it changes.
package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
)

// Kinds of offices.
const (
	Prosecutor   = "prosecutor" // a prosecutor's office
	Interior     = "interior"   // a body of the Ministry of Internal Affairs: duty part, inquiry, investigation
	Security     = "security"   // of state security
	Customs      = "customs"
	Court        = "court"
	Penitentiary = "penitentiary" // that executes punishments
	Expert       = "expert"       // that makes examinations
	Bar          = "bar"          // a chamber of advocates
)

// Office is a unit of the service.
type Office struct {
	ID     string
	Code   string // short, in the numbers of proceedings: "1726-01"
	Kind   string
	Parent string // "" for the top of a tree
	Path   string // "/gp/p-1726/p-1726-01/": everything below an office has its path as a prefix
	Place  string // SOATO code
	Names  map[string]string
	Closed calendar.Moment // 0: it is at work. One that is closed is still named, and its past is still seen
}

// Name in a language; English, or the id, where there is none.
func (o *Office) Name(lang string) string {
	for _, l := range []string{lang, "uz", "en"} {
		if n := o.Names[l]; n != "" {
			return n
		}
	}
	return o.ID
}

// Officer is a person acting for the service.
type Officer struct {
	ID    string
	Name  string
	Login string
}

// Login is a login as it is stored, however it was typed.
func Login(typed string) string { return strings.ToLower(strings.TrimSpace(typed)) }

// Mandate is what an officer may act as: a role, for an office, for a time.
type Mandate struct {
	ID      string
	Officer string
	Role    string
	Office  string
	From    calendar.Moment
	To      calendar.Moment // 0: no end
	Order   string          // the order that it rests on
	// Manner is how he has it; "" where that was not asked for. InsteadOf is, of a substitution, the
	// officer who is away and, of a delegation, the one who gave it.
	Manner    string
	InsteadOf string
}

// For is the officer in whose place whoever acts under the mandate does: he is in charge
// of what that one is in charge of. "" for none.
func (m *Mandate) For() string {
	if m.Manner == Substitution {
		return m.InsteadOf
	}
	return ""
}

// Absence is a time in which an officer is away.
type Absence struct {
	ID         string
	Officer    string
	From, To   calendar.Moment
	Order      string
	Substitute string // an officer; "" for none
}

// Holds reports whether the mandate is in force at a moment.
func (m *Mandate) Holds(at calendar.Moment) bool { return m.From <= at && (m.To == 0 || at < m.To) }

// Tree is the offices and their competences as they are now, and who is admitted to what. Read-only.
type Tree struct {
	offices  map[string]*Office
	children map[string][]*Office
	comp     map[[2]string]string // office, role -> the office that has the role for it
	derived  map[string]bool      // offices whose supervisor follows from their place and kind
	serves   map[string][]string  // office -> offices that it is competent for
	service  *access.Service      // the same, as policies ask about it
	admitted map[string][]Admission
}

// Office by id; nil if there is none.
func (t *Tree) Office(id string) *Office { return t.offices[id] }

// Offices lists all, by path.
func (t *Tree) Offices() []*Office {
	out := make([]*Office, 0, len(t.offices))
	for _, o := range t.offices {
		out = append(out, o)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

// Children of an office, by code.
func (t *Tree) Children(id string) []*Office { return t.children[id] }

// Under lists the ids of an office and of all offices below it.
func (t *Tree) Under(id string) []string {
	out := []string{id}
	for i := 0; i < len(out); i++ {
		for _, c := range t.children[out[i]] {
			out = append(out, c.ID)
		}
	}
	return out
}

// IsUnder reports whether an office is another one or lies below it.
func (t *Tree) IsUnder(id, above string) bool {
	o, a := t.offices[id], t.offices[above]
	return o != nil && a != nil && strings.HasPrefix(o.Path, a.Path)
}

// Derived reports whether the supervisor of an office follows from its place and kind,
// and was not laid down for it.
func (t *Tree) Derived(office string) bool { return t.derived[office] }

// Competences that an office has others have for it, by role: those laid down, and who supervises it.
func (t *Tree) Competences(office string) (out []Competence) {
	for of, competent := range t.comp {
		if of[0] == office {
			out = append(out, Competence{Office: office, Role: of[1], Competent: competent})
		}
	}
	slices.SortFunc(out, func(a, b Competence) int { return strings.Compare(a.Role, b.Role) })
	return out
}

// Competent is the office that has a role for an office: the office itself
// where nothing else is laid down.
func (t *Tree) Competent(office, role string) string {
	if c, ok := t.comp[[2]string{office, role}]; ok {
		return c
	}
	return office
}

// Service is the offices as the policies of package access see them.
func (t *Tree) Service() *access.Service { return t.service }

// Serves lists the offices for which an office has a role: those that a
// prosecutor's office supervises, that a court hears.
func (t *Tree) Serves(office string) []string { return t.serves[office] }

// Directory reads and writes the tables of this package. Safe for concurrent use.
type Directory struct {
	db   *db.DB
	tree atomic.Pointer[Tree]

	mu          sync.Mutex // of reading anew: the later reading is the one that stays
	supervision Supervision
}

// Open reads the offices.
func Open(ctx context.Context, d *db.DB) (*Directory, error) {
	dir := &Directory{db: d}
	if err := dir.Reload(ctx); err != nil {
		return nil, err
	}
	return dir, nil
}

// Tree is the offices as they are now.
func (d *Directory) Tree() *Tree { return d.tree.Load() }

const selectOffices = `SELECT id, code, kind, coalesce(parent, ''), path, place, name_uz, name_ru, name_en, closed FROM office ORDER BY path`

const selectCompetences = `SELECT office, role, competent FROM competence WHERE valid_to = 0 ORDER BY office, role`

// Reload reads the offices anew.
func (d *Directory) Reload(ctx context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	t := &Tree{offices: map[string]*Office{}, children: map[string][]*Office{}, comp: map[[2]string]string{}, derived: map[string]bool{}, serves: map[string][]string{}, admitted: map[string][]Admission{}}
	rows, err := d.db.Query(ctx, selectOffices)
	if err != nil {
		return fmt.Errorf("read offices: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var o Office
		var uz, ru, en string
		if err := rows.Scan(&o.ID, &o.Code, &o.Kind, &o.Parent, &o.Path, &o.Place, &uz, &ru, &en, &o.Closed); err != nil {
			return err
		}
		o.Names = map[string]string{"uz": uz, "ru": ru, "en": en}
		t.offices[o.ID] = &o
		if o.Parent != "" {
			t.children[o.Parent] = append(t.children[o.Parent], &o)
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, c := range t.children {
		sort.Slice(c, func(i, j int) bool { return c[i].Code < c[j].Code })
	}
	comp, err := d.db.Query(ctx, selectCompetences)
	if err != nil {
		return fmt.Errorf("read competences: %w", err)
	}
	defer comp.Close()
	for comp.Next() {
		var office, role, competent string
		if err := comp.Scan(&office, &role, &competent); err != nil {
			return err
		}
		t.laidDown(office, role, competent)
	}
	if err := comp.Err(); err != nil {
		return err
	}
	for office, by := range d.supervision.derive(t) {
		t.derived[office] = true
		t.laidDown(office, SupervisorRole, by)
	}
	if err := d.admissions(ctx, t); err != nil {
		return err
	}
	t.service = t.asked()
	d.tree.Store(t)
	return nil
}

// laidDown notes which office has a role for another.
func (t *Tree) laidDown(office, role, competent string) {
	t.comp[[2]string{office, role}] = competent
	if !slices.Contains(t.serves[competent], office) {
		t.serves[competent] = append(t.serves[competent], office)
	}
}

// asked makes the offices known to the policies.
func (t *Tree) asked() *access.Service {
	roles := make(map[string]map[string]string, len(t.offices))
	for of, competent := range t.comp {
		if roles[of[0]] == nil {
			roles[of[0]] = map[string]string{}
		}
		roles[of[0]][of[1]] = competent
	}
	list := make([]access.Office, 0, len(t.offices))
	for _, o := range t.Offices() {
		list = append(list, access.Office{ID: o.ID, Parent: o.Parent, Competent: roles[o.ID]})
	}
	return access.NewService(list)
}

// Names gives the names of officers by id; those not known are left out.
func (d *Directory) Names(ctx context.Context, ids []string) (map[string]string, error) {
	out := make(map[string]string, len(ids))
	var asked []string
	for _, id := range ids {
		if _, seen := out[id]; id != "" && !seen {
			out[id] = ""
			asked = append(asked, id)
		}
	}
	if len(asked) == 0 {
		return out, nil
	}
	args := db.Keys(asked)
	rows, err := d.db.Query(ctx, `SELECT id, name FROM officer WHERE id IN `+db.In(len(args), 1), args...)
	if err != nil {
		return nil, fmt.Errorf("read officers: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, name string
		if err := rows.Scan(&id, &name); err != nil {
			return nil, err
		}
		out[id] = name
	}
	return out, rows.Err()
}

// Officer by his login; nil if there is none.
func (d *Directory) Officer(ctx context.Context, login string) (*Officer, error) {
	var o Officer
	err := d.db.QueryRow(ctx, `SELECT id, name, login FROM officer WHERE login = $1`, login).Scan(&o.ID, &o.Name, &o.Login)
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, db.ErrText) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read officer: %w", err)
	}
	return &o, nil
}

const selectMandates = `SELECT id, officer, role, office, valid_from, valid_to, basis, manner, instead_of FROM mandate
WHERE officer = $1 AND valid_from <= $2 AND (valid_to = 0 OR valid_to > $2) ORDER BY CASE manner WHEN 'appointment' THEN 0 ELSE 1 END, valid_from, id`

// Mandates of an officer that are in force at a moment: his own before those that he has instead of others, oldest first.
func (d *Directory) Mandates(ctx context.Context, officer string, at calendar.Moment) ([]Mandate, error) {
	rows, err := d.db.Query(ctx, selectMandates, officer, at)
	if err != nil {
		return nil, fmt.Errorf("read mandates: %w", err)
	}
	defer rows.Close()
	var out []Mandate
	for rows.Next() {
		var m Mandate
		if err := rows.Scan(&m.ID, &m.Officer, &m.Role, &m.Office, &m.From, &m.To, &m.Order, &m.Manner, &m.InsteadOf); err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, rows.Err()
}

// Colleague is an officer with one mandate.
type Colleague struct {
	Officer Officer
	Mandate Mandate
}

const selectColleagues = `SELECT o.id, o.name, m.id, m.role, m.office FROM mandate m JOIN officer o ON o.id = m.officer
WHERE m.office = $1 AND m.valid_from <= $2 AND (m.valid_to = 0 OR m.valid_to > $2) ORDER BY m.role, o.name, o.id LIMIT 500`

// Colleagues lists who has a mandate for an office at a moment, by role and name; at most 500.
func (d *Directory) Colleagues(ctx context.Context, office string, at calendar.Moment) ([]Colleague, error) {
	rows, err := d.db.Query(ctx, selectColleagues, office, at)
	if err != nil {
		return nil, fmt.Errorf("read colleagues: %w", err)
	}
	defer rows.Close()
	var out []Colleague
	for rows.Next() {
		var c Colleague
		if err := rows.Scan(&c.Officer.ID, &c.Officer.Name, &c.Mandate.ID, &c.Mandate.Role, &c.Mandate.Office); err != nil {
			return nil, err
		}
		c.Mandate.Officer = c.Officer.ID
		out = append(out, c)
	}
	return out, rows.Err()
}

// Supervisor is the office that supervises an office: the one that has the
// role "supervisor" for it.
func (t *Tree) Supervisor(office string) string { return t.Competent(office, SupervisorRole) }

// Supervises reports whether an office supervises another one.
func (t *Tree) Supervises(office string) bool {
	for _, o := range t.serves[office] {
		if o != office && t.Supervisor(o) == office {
			return true
		}
	}
	return false
}

// SupervisorRole is the competence by which one office supervises another.
const SupervisorRole = "supervisor"
