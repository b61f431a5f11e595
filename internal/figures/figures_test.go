package figures_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"nazorat/internal/access"
	"nazorat/internal/app"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/demo"
	"nazorat/internal/directory"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/figures"
	"nazorat/internal/follow"
	"nazorat/internal/lawload"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/replay"
	"nazorat/internal/stored"
	"nazorat/laws"
)

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

var ctx = context.Background()

// house is a demonstration service that has lived.
type house struct {
	*app.Office
	accounts []demo.Account
	options  demo.Options
	zone     *calendar.Zone
	law      fs.FS // what is counted
}

// lifetime is a service that has lived through so many cases; each is lived once for each kind of database, and copied for its tests.
type lifetime struct {
	cases int
	seed  uint64
}

var lives sync.Map // by lifetime: *dbtest.Model

func (p lifetime) model() *dbtest.Model {
	m, _ := lives.LoadOrStore(p, &dbtest.Model{})
	return m.(*dbtest.Model)
}

func (p lifetime) options() demo.Options {
	return demo.Options{Cases: p.cases, Seed: p.seed, Now: calendar.At(time.Date(2026, 10, 15, 5, 30, 0, 0, time.UTC))}
}

// live lives it.
func (p lifetime) live(location string) error {
	d, err := db.Create(ctx, location)
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx, app.Migrations()); err != nil {
		return err
	}
	o := p.options()
	service, _ := demo.Service(o)
	dir, err := directory.Open(ctx, d)
	if err != nil {
		return err
	}
	if err := dir.Import(ctx, service, 1); err != nil {
		return err
	}
	clock := demo.NewClock(o.Now, func() calendar.Moment { return o.Now })
	office, err := app.Open(ctx, d, docket.Options{Now: clock.Now, NewID: clock.NewID})
	if err != nil {
		return err
	}
	if _, err := demo.Live(ctx, office.Docket, clock, service, o); err != nil {
		return err
	}
	return office.Close()
}

// each runs a test on a copy of a past in a database of each kind.
func each(t *testing.T, p lifetime, f func(t *testing.T, h *house)) {
	t.Helper()
	p.model().Each(t, p.live, func(t *testing.T, location string) { f(t, open(t, location, p)) })
}

func open(tb testing.TB, location string, p lifetime) *house {
	tb.Helper()
	must := func(err error) {
		tb.Helper()
		if err != nil {
			tb.Fatal(err)
		}
	}
	d, err := db.Open(ctx, location)
	must(err)
	h := &house{options: p.options()}
	_, h.accounts = demo.Service(h.options)
	h.Office, err = app.Open(ctx, d, docket.Options{Now: func() calendar.Moment { return h.options.Now }})
	must(err)
	h.zone = h.Docket.Zone()
	text, err := fs.ReadFile(laws.FS, "uz/criminal/figures.yaml")
	must(err)
	// Beside what the law counts, what is hidden from many.
	h.law = fstest.MapFS{"uz/criminal/figures.yaml": {Data: []byte(strings.Replace(string(text), "\ntables:", hiddenCounts+"\ntables:", 1))},
		"policies/counting.yaml": {Data: []byte("few: 4\nevery: month\n")}}
	h.Figures, err = figures.Open(d, h.Docket.Reader, h.Directory, h.law)
	must(err)
	tb.Cleanup(func() {
		if err := h.Close(); err != nil {
			tb.Error(err)
		}
	})
	return h
}

const hiddenCounts = `
  whole_losses:
    things: loss
    by: { standing: state }
    sums: [claimed, secured, recovered]
    reckoned:
      left: { of: [claimed, secured], without: [recovered], called: { uz: a, ru: b, en: c } }
    called: { uz: a, ru: b, en: c }
  hidden_acts:
    acts: [give_instructions, intercept_in_urgency, act_in_urgency, seek_interception]
    by: { which: act }
    called: { uz: a, ru: b, en: c }
  motions:
    things: motion
    by: { standing: state, what: thing.what }
    called: { uz: a, ru: b, en: c }
  interceptions:
    things: interception
    by: { standing: state }
    called: { uz: a, ru: b, en: c }
`

func (h *house) catchUp(tb testing.TB) {
	tb.Helper()
	if err := h.Follow.CatchUp(ctx, h.Figures.Follower()); err != nil {
		tb.Fatal(err)
	}
}

// actors are those of the accounts who read what they count.
func (h *house) actors() (out []access.Actor) {
	for _, a := range h.accounts {
		if a.Role == "analyst" {
			continue
		}
		out = append(out, access.Actor{Officer: a.Officer, Role: a.Role, Office: a.Office, Mandate: a.Mandate, Present: access.Always})
	}
	return out
}

// counted is one thing that is there to be counted, as the journal lived through again has it.
type counted struct {
	of, count       string          // the proceeding, and what it is counted as
	what            access.Resource // the proceeding as it was
	classes         []string        // of the sheets that it is told by
	did             string
	office, officer string
	day             calendar.Date
	parts           map[string]string
	sums            map[string]int64
}

// past is one proceeding as the first leaves of the journal leave it, and what was done in it by then.
type past struct {
	state procedure.State
	terms map[int32]term
}

type term struct {
	stored.Deadline
	office, officer, end string
}

func value(v fact.Value) string {
	switch text := v.String(); v.Type {
	case fact.Article:
		code, rest, _ := strings.Cut(text, " ")
		return code + " " + strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune(" (,", r) })[0]
	case fact.Place:
		return text[:4]
	default:
		return text
	}
}

// lived lives through the first leaves of the journal again, and gives all that there is to count.
func (h *house) lived(tb testing.TB, at int64) (out []counted, last calendar.Moment) {
	tb.Helper()
	rows, err := h.DB.Query(ctx, `SELECT id FROM proceeding ORDER BY id`)
	if err != nil {
		tb.Fatal(err)
	}
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			tb.Fatal(err)
		}
		ids = append(ids, id)
	}
	if err := rows.Close(); err != nil {
		tb.Fatal(err)
	}
	for _, id := range ids {
		list, recorded := h.livedOne(tb, id, at)
		for i := range list {
			list[i].of = id
		}
		out, last = append(out, list...), max(last, recorded)
	}
	return out, last
}

func (h *house) livedOne(tb testing.TB, id string, at int64) (out []counted, last calendar.Moment) {
	tb.Helper()
	p, err := h.Docket.Stored(ctx, id)
	if err != nil {
		tb.Fatal(err)
	}
	law := p.Law
	counts := h.Figures.Law(law.Name)
	if counts == nil {
		return nil, 0
	}
	entries, err := h.Docket.Entries(ctx, p, 0, 10_000)
	if err != nil {
		tb.Fatal(err)
	}
	var now past
	now.terms = map[int32]term{}
	var acts []counted
	today := law.At(h.Docket.Now())
	for i := range entries {
		e := &entries[i].Entry
		if entries[i].At >= at {
			break
		}
		last = max(last, e.Recorded)
		before := now.state
		next, effects, err := replay.Again(law.Edition(e.Edition), now.state, e)
		if err != nil {
			tb.Fatal(err)
		}
		now.state = next
		for j := range effects {
			f := &effects[j]
			if f.Deadline.No == 0 {
				continue
			}
			end := map[procedure.EffectKind]string{procedure.Ended: "gone", procedure.Met: "kept"}[f.Kind]
			if f.Late {
				end = "late"
			}
			now.terms[f.Deadline.No] = term{stored.EncodeDeadline(law, &f.Deadline), next.Office, next.InCharge, end}
		}
		for _, c := range counts.Counts {
			if !slices.Contains(c.Acts, e.Act) {
				continue
			}
			had := &before
			if e.Seq == 1 {
				had = &next
			}
			one := counted{count: c.Name, did: e.Officer, office: had.Office, officer: had.InCharge, day: h.zone.Date(e.Done), parts: map[string]string{}}
			if class := today.SheetOf(law.Act(e.Act)); class != "" {
				one.classes = []string{class}
			}
			for _, part := range c.Parts {
				switch part.From {
				case figures.TheAct:
					one.parts[part.Name] = e.Act
				case figures.Form:
					if j, given := e.Form[part.Field]; given {
						v, err := fact.Decode(j)
						if err != nil {
							tb.Fatal(err)
						}
						one.parts[part.Name] = value(v)
					}
				default:
					one.parts[part.Name] = root(law, &next, part.Field)
				}
			}
			acts = append(acts, one)
		}
	}
	if len(now.state.Things) == 0 {
		return nil, 0
	}
	s := &now.state
	what := proceedings.Resource(law.Name, s.Office, p.Supervisor, s.InCharge, law.StateName(0, s.Things[0].State), law.Secrecy(s), p.Parties)
	what.Opened = today.Opened(s)
	for i := range acts {
		acts[i].what = what
	}
	out = acts
	for _, c := range counts.Counts {
		if c.Of == figures.Things {
			out = append(out, h.livedThings(c, law, today, s, what)...)
		}
	}
	for _, c := range counts.Counts {
		if c.Of != figures.Terms {
			continue
		}
		for _, d := range now.terms {
			rule := law.Edition(d.Edition).Term(d.Term)
			if rule.Waiting() || rule.AtOnce || rule.Breach == procedure.Lapse || d.end == "gone" || d.end == "" && d.Stopped != 0 || c.Open && d.end != "" {
				continue
			}
			one := counted{count: c.Name, what: what, office: d.office, officer: d.officer, day: h.zone.Date(d.Due), parts: map[string]string{"term": d.Term, "kept": d.end, "owed_by": rule.OwedBy}}
			if d.end == "" {
				one.office, one.officer = s.Office, s.InCharge
				one.parts["kept"] = fmt.Sprint(int64(d.Due)) // whether it is over hangs on when that is asked
			}
			one.classes = today.SheetsOfDeadline(s, law.Act(d.By), d.Thing)
			out = append(out, one)
		}
	}
	return out, last
}

func (h *house) livedThings(c *figures.Count, law *procedure.Law, today *procedure.Edition, s *procedure.State, what access.Resource) (out []counted) {
	for no := range s.Things {
		th := &s.Things[no]
		state := law.StateName(th.Kind, th.State)
		if law.KindName(th.Kind) != c.Kind || len(c.While) > 0 && !slices.Contains(c.While, state) {
			continue
		}
		one := counted{count: c.Name, what: what, office: s.Office, officer: s.InCharge, day: h.zone.Date(th.Since), parts: map[string]string{}, sums: map[string]int64{}, classes: today.SheetsOf(s, int32(no))}
		for _, part := range c.Parts {
			switch part.From {
			case figures.TheState:
				one.parts[part.Name] = state
			case figures.OfThing:
				one.parts[part.Name] = value(th.Field(law.Field(th.Kind, part.Field)))
			default:
				one.parts[part.Name] = root(law, s, part.Field)
			}
		}
		for _, sum := range c.Sums {
			if sum.Of != nil { // these come last
				for _, of := range sum.Of {
					one.sums[sum.Name] += one.sums[of]
				}
				for _, without := range sum.Without {
					one.sums[sum.Name] -= one.sums[without]
				}
				continue
			}
			one.sums[sum.Name] = th.Field(law.Field(th.Kind, sum.Name)).Num
		}
		out = append(out, one)
	}
	return out
}

func root(law *procedure.Law, s *procedure.State, field string) string {
	v := s.Things[0].Field(law.Field(0, field))
	if !v.Given() {
		return ""
	}
	return value(v)
}

// part of what is counted, in words that a figure has.
func (h *house) part(c *counted, name string) string {
	y, m, _ := c.day.Civil()
	switch name {
	case "office":
		return c.office
	case "officer":
		return c.officer
	case "region":
		if place := h.Directory.Tree().Office(c.office).Place; len(place) >= 4 {
			return place[:4]
		}
		return ""
	case "year":
		return fmt.Sprintf("%04d", y)
	case "quarter":
		return fmt.Sprintf("%04d-Q%d", y, (m+2)/3)
	case "month":
		return fmt.Sprintf("%04d-%02d", y, m)
	case "":
		return ""
	}
	return c.parts[name]
}

// naive counts one by one.
func (h *house) naive(who access.Actor, all []counted, q figures.Question, last calendar.Moment) map[[2]string]figures.Cell {
	out := map[[2]string]figures.Cell{}
	offices := h.Figures.Offices(q.Office)
	do := access.Read
	if who.Role == "analyst" {
		do = access.Count
	}
	for _, c := range all {
		if c.count != q.Count || !h.Docket.Decide(who, do, plain(c.what)).Allowed {
			continue
		}
		if end, is := c.parts["kept"]; is && end != "kept" && end != "late" {
			var due int64
			if _, err := fmt.Sscan(end, &due); err != nil || due >= int64(last) {
				continue
			}
			c.parts = maps.Clone(c.parts)
			c.parts["kept"] = "overdue"
		}
		shown := true
		for _, class := range c.classes {
			what := c.what
			what.Sheet, what.Own = class, c.did != "" && c.did == who.Officer
			shown = shown && h.Docket.Decide(who, access.ReadSheet, what).Allowed
		}
		if !shown || q.From != 0 && c.day < q.From || q.To != 0 && c.day > q.To || q.Office != "" && !slices.Contains(offices, c.office) {
			continue
		}
		meant := true
		for part, is := range q.Where {
			meant = meant && h.part(&c, part) == is
		}
		if !meant {
			continue
		}
		at := [2]string{h.part(&c, q.Rows), h.part(&c, q.Columns)}
		cell := out[at]
		cell.N++
		for i, sum := range q.Sums {
			cell.Sums[i] += c.sums[sum]
		}
		out[at] = cell
	}
	return out
}

// plain is a proceeding as reading it is asked about.
func plain(r access.Resource) access.Resource { r.Opened = false; return r }

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// question draws one that can be asked.
func (h *house) question(r *rand.Rand, all []counted) figures.Question {
	law := h.Figures.Law("uz/criminal")
	c := pick(r, slices.Concat(law.Counts, law.Counts[len(law.Counts)-4:], law.Counts[len(law.Counts)-3:]))
	parts := slices.Clone(figures.Common)
	for _, p := range c.Parts {
		parts = append(parts, p.Name)
	}
	q := figures.Question{Law: law.Name, Count: c.Name, Rows: pick(r, parts), Where: map[string]string{}}
	if q.Columns = pick(r, append(parts, "", "")); q.Columns == q.Rows {
		q.Columns = ""
	}
	if len(c.Sums) > 0 && r.IntN(2) == 0 {
		q.Sums = []string{pick(r, c.Sums).Name}
		if q.Columns == "" {
			q.Sums = nil
			for _, i := range r.Perm(len(c.Sums))[:min(3, len(c.Sums))] {
				q.Sums = append(q.Sums, c.Sums[i].Name)
			}
		}
	}
	one := pick(r, all)
	if r.IntN(3) == 0 {
		if part := pick(r, parts); part != "kept" {
			q.Where[part] = h.part(&one, part)
		}
	}
	if r.IntN(3) == 0 {
		q.From = one.day - calendar.Date(r.IntN(60))
	}
	if r.IntN(3) == 0 {
		q.To = one.day + calendar.Date(r.IntN(60))
	}
	if r.IntN(4) == 0 {
		q.Office = pick(r, h.Directory.Tree().Offices()).ID
	}
	return q
}

// Whatever is done in a service, whoever asks, and as of whichever leaf: figures are those that one counts who lives through the journal
// again and asks of each thing whether the asker may read it.
func TestFiguresAreWhatIsThereAndMayBeRead(t *testing.T) {
	t.Parallel()
	each(t, lifetime{60, 3}, func(t *testing.T, h *house) {
		h.catchUp(t)
		size, err := h.Tree.Size(ctx)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(5, uint64(len(t.Name()))))
		actors := h.actors()
		counts, some, hidden := map[string]int{}, 0, 0
		for _, at := range []int64{size, 1 + r.Int64N(size), 1 + r.Int64N(size), size / 2} {
			all, last := h.lived(t, at)
			if len(all) == 0 {
				continue
			}
			for range 110 {
				who, q := pick(r, actors), h.question(r, all)
				q.At = at
				want := h.naive(who, all, q, last)
				got, err := h.Figures.Answer(ctx, who, q)
				if err != nil {
					t.Fatalf("%+v: %v", q, err)
				}
				if !maps.Equal(want, got.Cells) {
					t.Fatalf("%s (%s) asks %+v as of %d and is told\n%v, not\n%v", who.Officer, who.Role, q, at, got.Cells, want)
				}
				if len(want) > 0 {
					some++
					counts[q.Count]++
				}
				open := slices.Clone(all)
				for i := range open {
					open[i].classes = nil
				}
				if !maps.Equal(want, h.naive(who, open, q, last)) {
					hidden++
				}
				h.figureOpens(t, who, q, got)
			}
		}
		t.Logf("%d answers had something, of %d some was hidden: %v", some, hidden, counts)
		if some < 60 || len(counts) < 8 || hidden < 4 {
			t.Errorf("the draw shows too little: %d had something, of %d some was hidden: %v", some, hidden, counts)
		}
	})
}

// monthEnds are the months that are over in the journal, with the leaf at which the next one begins.
func (h *house) monthEnds(t *testing.T) (names []string, leaves map[string]int64) {
	t.Helper()
	rows, err := h.DB.Query(ctx, `SELECT leaf, recorded FROM entry WHERE law = 'uz/criminal' ORDER BY leaf`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	leaves = map[string]int64{}
	var last time.Time
	for rows.Next() {
		var leaf int64
		var at calendar.Moment
		if err := rows.Scan(&leaf, &at); err != nil {
			t.Fatal(err)
		}
		in := at.Time().In(h.zone.Location())
		month := time.Date(in.Year(), in.Month(), 1, 0, 0, 0, 0, time.UTC)
		for !last.IsZero() && last.Before(month) {
			name := last.Format("2006-01")
			names, leaves[name] = append(names, name), leaf
			last = last.AddDate(0, 1, 0)
		}
		if month.After(last) {
			last = month
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return names, leaves
}

// What is told of the end of a month is what was told as of the leaf that was the last then, whoever asks; and quarters and years end with their last months.
func TestStocksAtTheEndsOfMonthsAreThoseOfTheirLeaves(t *testing.T) {
	t.Parallel()
	each(t, lifetime{40, 3}, func(t *testing.T, h *house) {
		h.options.Now += calendar.Moment(70*24) * calendar.Hour // months in which nothing is done: terms run out
		if len(h.closed(t, 1)) == 0 {
			t.Fatal("no case is closed")
		}
		f := h.Figures.Follower()
		f.Most = 50 // so that months end within steps and between them
		if err := h.Follow.CatchUp(ctx, f); err != nil {
			t.Fatal(err)
		}
		size, err := h.Tree.Size(ctx)
		if err != nil {
			t.Fatal(err)
		}
		names, leaves := h.monthEnds(t)
		if len(names) < 3 {
			t.Fatalf("only the months %v are over", names)
		}
		r := rand.New(rand.NewPCG(2, 7))
		law := h.Figures.Law("uz/criminal")
		told := map[string]int{}
		ask := func(who access.Actor, q figures.Question) *figures.Answer {
			t.Helper()
			a, err := h.Figures.Answer(ctx, who, q)
			if err != nil {
				t.Fatalf("%+v: %v", q, err)
			}
			return a
		}
		of := func(a *figures.Answer, end string) map[string]figures.Cell {
			out := map[string]figures.Cell{}
			for at, cell := range a.Cells {
				if end == "" {
					out[at[0]] = cell
				} else if at[1] == end {
					out[at[0]] = cell
				}
			}
			return out
		}
		first, err := calendar.ParseDate(names[0] + "-01")
		if err != nil {
			t.Fatal(err)
		}
		for range 25 {
			who, c := pick(r, h.actors()), pick(r, law.Counts)
			if !c.Stock() || c.Open {
				continue
			}
			q := figures.Question{Law: law.Name, Count: c.Name, Rows: pick(r, append(slices.Clone(figures.Common[:3]), c.Parts[0].Name)), Columns: "month_end", From: first, At: size}
			series := ask(who, q)
			for _, name := range names {
				then := q
				then.Columns, then.From, then.At = "", 0, leaves[name]
				if leaves[name] == 0 {
					continue
				}
				got, want := of(series, name), of(ask(who, then), "")
				if !maps.Equal(got, want) {
					t.Fatalf("%s (%s) is told of the end of %s by %+v\n%v, and was told then\n%v", who.Officer, who.Role, name, q, got, want)
				}
				if len(want) > 0 {
					told[c.Name]++
				}
				then.At, then.Where = size, map[string]string{"month_end": name}
				if alone := of(ask(who, then), ""); !maps.Equal(alone, want) {
					t.Fatalf("%+v: %v, not %v", then, alone, want)
				}
			}
			q.Columns = "quarter_end"
			for at, cell := range ask(who, q).Cells {
				year, quarter, _ := strings.Cut(at[1], "-Q")
				month := map[string]string{"1": "03", "2": "06", "3": "09", "4": "12"}[quarter]
				if want := series.Cells[[2]string{at[0], year + "-" + month}]; cell != want {
					t.Fatalf("at the end of quarter %s there is %v, and at that of its last month %v", at[1], cell, want)
				}
			}
		}
		if len(told) < 2 {
			t.Errorf("the draw shows too little: %v", told)
		}
		// Of terms that are over and not met, by the end of the month, and not by its last entry.
		general := h.actors()[slices.IndexFunc(h.actors(), func(a access.Actor) bool { return a.Role == "prosecutor_general" })]
		q := figures.Question{Law: law.Name, Count: "overdue", Rows: "month_end", From: first}
		series := ask(general, q)
		if len(series.Rows) == 0 {
			t.Fatal("no term is over and not met at the end of a month: the draw shows nothing")
		}
		name := series.Rows[len(series.Rows)-1]
		ends, err := calendar.ParseDate(name + "-01")
		if err != nil {
			t.Fatal(err)
		}
		y, m, _ := ends.Civil()
		all, _ := h.lived(t, leaves[name])
		q = figures.Question{Law: law.Name, Count: "overdue", Rows: "term"}
		want := h.naive(general, all, q, h.zone.Moment(calendar.DateOf(y, m+1, 1), 0))
		q.Where, q.At = map[string]string{"month_end": name}, size
		if got := ask(general, q); len(want) == 0 || !maps.Equal(got.Cells, want) {
			t.Errorf("over and not met at the end of %s: %v, not %v", name, got.Cells, want)
		}
		// Without a first day the last twelve are told, and never very many.
		q = figures.Question{Law: law.Name, Count: "cases", Rows: "month_end"}
		if a := ask(general, q); len(a.Rows) == 0 || len(a.Rows) > 12 {
			t.Errorf("%d months are told", len(a.Rows))
		}
		q.From = calendar.DateOf(1990, 1, 1)
		if _, err := h.Figures.Answer(ctx, general, q); !fault.Is(err, fault.Invalid) {
			t.Errorf("of hundreds of months: %v", err)
		}
	})
}

// Whoever counts without reading is told standing tables of periods that are over, of what he may count, without what fewer proceedings stand behind than
// the bound; and nothing else.
func TestWhoCountsWithoutReadingIsToldOfMany(t *testing.T) {
	t.Parallel()
	each(t, lifetime{60, 3}, func(t *testing.T, h *house) {
		h.catchUp(t)
		names, leaves := h.monthEnds(t)
		at := names[len(names)-1]
		all, _ := h.lived(t, leaves[at])
		first, err := calendar.ParseDate(at + "-01")
		if err != nil {
			t.Fatal(err)
		}
		y, m, _ := first.Civil()
		next := calendar.DateOf(y, m+1, 1)
		law, general := h.Figures.Law("uz/criminal"), h.actors()[0]
		tables, told, back, few := 0, 0, 0, 0
		for _, office := range []string{"gp", "pr-1710", general.Office} {
			who := access.Actor{Officer: "somebody", Role: "analyst", Office: office, Mandate: "m", Present: access.Always}
			if office == "gp" && !h.Figures.CountsOnly(who) {
				t.Fatal("an analyst is not one who counts without reading")
			}
			for _, table := range law.Tables {
				q := figures.Question{Law: law.Name, Count: table.Count, Rows: table.Rows, Columns: table.Columns}
				if a, err := h.Figures.Answer(ctx, who, q); err != nil || len(a.Cells) != 0 {
					t.Fatalf("%s: by a question of his own he is told %v, %v", table.Name, a.Cells, err)
				}
				a, err := h.Figures.Standing(ctx, who, law.Name, table.Name, at)
				if !table.Counting {
					if !fault.Is(err, fault.NotFound) {
						t.Errorf("%s is told: %v", table.Name, err)
					}
					continue
				}
				if err != nil {
					t.Fatalf("%s: %v", table.Name, err)
				}
				if c := law.Count(table.Count); !c.Stock() {
					q.From, q.To = first, next-1
				}
				want, behind := map[[2]string]figures.Cell{}, map[[2]string]int64{}
				byCase := map[string][]counted{}
				for _, c := range all {
					byCase[c.of] = append(byCase[c.of], c)
				}
				for _, list := range byCase {
					seen := map[[2]string]bool{}
					for key, cell := range h.naive(who, list, q, h.zone.Moment(next, 0)) {
						for _, at := range [][2]string{key, {key[0], figures.All}, {figures.All, key[1]}, {figures.All, figures.All}} {
							sum := want[at]
							sum.N += cell.N
							want[at] = sum
							seen[at] = true
						}
					}
					for at := range seen {
						behind[at]++
					}
				}
				if len(want) > 0 {
					tables++
				}
				for key, cell := range want {
					got, is := a.Cells[key]
					switch {
					case is && a.Back[key]:
						t.Errorf("%s at %s: %v is told and held back", table.Name, office, key)
					case is && got != cell || !is && !a.Back[key]:
						t.Errorf("%s at %s: %v is %v, not %v", table.Name, office, key, got, cell)
					case is && behind[key] < 4:
						t.Errorf("%s at %s: %v is told, of %d cases", table.Name, office, key, behind[key])
					case is:
						told++
					default:
						back++
					}
					if behind[key] < 4 {
						few++
					}
				}
				for key, cell := range a.Cells {
					if want[key] != cell {
						t.Errorf("%s at %s: %v is told as %v, not %v", table.Name, office, key, cell, want[key])
					}
				}
			}
		}
		if tables < 5 || told < 5 || few < 10 || back <= few {
			t.Errorf("the draw shows too little: %d tables, %d figures told, %d held back, %d of few", tables, told, back, few)
		}
		for _, who := range h.actors() {
			if h.Figures.CountsOnly(who) {
				t.Errorf("%s (%s) counts only", who.Officer, who.Role)
			}
		}
		who := access.Actor{Officer: "somebody", Role: "analyst", Office: "gp", Mandate: "m"}
		for _, of := range []string{"2031-01", "1999-01"} {
			if _, err := h.Figures.Standing(ctx, who, law.Name, "reports", of); !fault.Is(err, fault.Invalid) {
				t.Errorf("of %s: %v", of, err)
			}
		}
		if of, err := h.Figures.Periods(ctx); err != nil || len(of) == 0 || of[0] != at {
			t.Errorf("periods: %v, %v", of, err)
		}
	})
}

// Who may count a case is asked of it as it was: before the leaf that closed it, it counts for all who might read it then.
func TestWhoMayCountIsAskedOfWhatWasThen(t *testing.T) {
	t.Parallel()
	each(t, lifetime{60, 3}, func(t *testing.T, h *house) {
		h.catchUp(t)
		changes := h.closed(t, 6)
		h.catchUp(t)
		if len(changes) < 3 {
			t.Fatalf("only %d cases were closed", len(changes))
		}
		moved := 0
		for _, leaf := range changes {
			before, at := h.lived(t, leaf)
			after, later := h.lived(t, leaf+1)
			for _, who := range h.actors() {
				q := figures.Question{Law: "uz/criminal", Count: "cases", Rows: "officer", Columns: "stage", At: leaf}
				was, is := h.naive(who, before, q, at), h.naive(who, after, q, later)
				a, err := h.Figures.Answer(ctx, who, q)
				if err != nil {
					t.Fatal(err)
				}
				q.At = leaf + 1
				b, err := h.Figures.Answer(ctx, who, q)
				if err != nil {
					t.Fatal(err)
				}
				if !maps.Equal(a.Cells, was) || !maps.Equal(b.Cells, is) {
					t.Fatalf("%s counts before and after leaf %d\n%v\n%v, not\n%v\n%v", who.Officer, leaf, a.Cells, b.Cells, was, is)
				}
				if total(was) > total(is) {
					moved++
				}
			}
		}
		if moved == 0 {
			t.Error("nobody lost a case from his figures: the draw shows nothing")
		}
	})
}

// closed closes some cases, and gives the leaves at which that stands.
func (h *house) closed(t *testing.T, most int) (leaves []int64) {
	t.Helper()
	rows, err := h.DB.Query(ctx, `SELECT p.id, p.office, m.officer, m.role, m.id FROM proceeding p JOIN mandate m ON m.officer = p.in_charge AND m.office = p.office
WHERE p.root_state IN ('inquiry', 'investigation') AND p.secrecy = '' AND m.role IN ('inquirer', 'investigator') ORDER BY p.id LIMIT $1`, most)
	if err != nil {
		t.Fatal(err)
	}
	var commands []docket.Command
	for rows.Next() {
		c := docket.Command{Act: "close_case", Actor: access.Actor{Present: access.Always}, Form: map[string]string{"secrecy_ground": "minor"}}
		if err := rows.Scan(&c.Proceeding, &c.Actor.Office, &c.Actor.Officer, &c.Actor.Role, &c.Actor.Mandate); err != nil {
			t.Fatal(err)
		}
		commands = append(commands, c)
	}
	if err := rows.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range commands {
		r, err := h.Docket.Act(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		leaves = append(leaves, r.Leaf)
	}
	return leaves
}

func total(cells map[[2]string]figures.Cell) (n int64) {
	for _, c := range cells {
		n += c.N
	}
	return n
}

// figureOpens holds the proceedings behind a figure against it.
func (h *house) figureOpens(t *testing.T, who access.Actor, q figures.Question, a *figures.Answer) {
	t.Helper()
	for at, cell := range a.Cells {
		q.Where = maps.Clone(q.Where)
		if is, asked := q.Where[q.Rows]; asked && is != at[0] {
			t.Fatalf("%v is not what was asked for", at)
		}
		q.Where[q.Rows] = at[0]
		if q.Columns != "" {
			q.Where[q.Columns] = at[1]
		}
		list, _, next, err := h.Figures.Cases(ctx, who, q, 0, 1000)
		if err != nil || next != 0 {
			t.Fatalf("%+v: %v", q, err)
		}
		if int64(len(list)) > cell.N {
			t.Fatalf("%+v: %d proceedings behind a figure of %d", q, len(list), cell.N)
		}
		for _, c := range list {
			if _, err := h.Docket.Proceeding(ctx, who, c.ID); err != nil {
				t.Fatalf("%s is listed to %s: %v", c.Number, who.Officer, err)
			}
		}
		return // one of each answer
	}
}

// What is done afterwards changes no answer of the past, whatever is asked, nor does it matter in which steps the journal is followed.
func TestTheSameQuestionHasTheSameAnswerLater(t *testing.T) {
	t.Parallel()
	each(t, lifetime{25, 4}, func(t *testing.T, h *house) {
		size, err := h.Tree.Size(ctx)
		if err != nil {
			t.Fatal(err)
		}
		r := rand.New(rand.NewPCG(9, 1))
		half := size / 2
		f := h.Figures.Follower()
		f.Most = 7
		f.Follow = func(ctx context.Context, tx *db.Tx, from, to int64) error {
			if to > half+7 {
				return errors.New("so far")
			}
			return h.Figures.Follow(ctx, tx, from, to)
		}
		if err := h.Follow.CatchUp(ctx, f); err == nil {
			t.Fatal("it followed to the end")
		}
		lag, err := h.Figures.Lag(ctx)
		if err != nil || lag.Next < half || lag.Next >= size {
			t.Fatalf("%+v, %v", lag, err)
		}
		type asked struct {
			who access.Actor
			q   figures.Question
			a   *figures.Answer
		}
		var before []asked
		all, _ := h.lived(t, half)
		for range 80 {
			x := asked{who: pick(r, h.actors()), q: h.question(r, all)}
			x.q.At = half - r.Int64N(20)
			if x.a, err = h.Figures.Answer(ctx, x.who, x.q); err != nil {
				t.Fatal(err)
			}
			before = append(before, x)
		}
		for name, unlike := range map[string]string{"a zero byte": "CC 169\x00", "no letters": "\xff\xfe"} { // found by a scanner: an error of ours
			q := figures.Question{Law: "uz/criminal", Count: "cases", Rows: "office", Where: map[string]string{"article": unlike}}
			_, err := h.Figures.Answer(ctx, before[0].who, q)
			_, _, _, err2 := h.Figures.Cases(ctx, before[0].who, q, 0, 10)
			if !fault.Is(err, fault.NotFound) || !fault.Is(err2, fault.NotFound) {
				t.Errorf("%s in a part: %v, %v", name, err, err2)
			}
		}
		if _, err := h.Figures.Answer(ctx, before[0].who, figures.Question{Law: "uz/criminal", Count: "reports", Rows: "office", At: size}); !fault.Is(err, fault.Invalid) {
			t.Errorf("as of leaves that are not followed: %v", err)
		}
		h.catchUp(t)
		if h.Figures, err = figures.Open(h.DB, h.Docket.Reader, h.Directory, h.law); err != nil { // one that remembers no answer
			t.Fatal(err)
		}
		full := 0
		for _, x := range before {
			after, err := h.Figures.Answer(ctx, x.who, x.q)
			if err != nil {
				t.Fatal(err)
			}
			after.Lag, x.a.Lag = follow.Lag{}, follow.Lag{}
			if !reflect.DeepEqual(after, x.a) {
				t.Errorf("%s asks %+v and was told\n%+v, and now\n%+v", x.who.Officer, x.q, x.a, after)
			}
			if len(after.Cells) > 0 {
				full++
			}
		}
		if full < 10 {
			t.Errorf("only %d of the answers had something", full)
		}
	})
}

func TestMistakesInFiguresAreNamed(t *testing.T) {
	t.Parallel()
	law, _, err := lawload.Load(laws.FS, "uz/criminal")
	if err != nil {
		t.Fatal(err)
	}
	const called = ", called: { uz: a, ru: b, en: c } }"
	for _, c := range []struct{ text, want string }{
		{"counts:\n  x: { acts: [register_reprt]" + called, `there is no act "register_reprt"; was "register_report" meant?`},
		{"counts:\n  x: { things: lost" + called, `there is no kind "lost"; was "loss" meant?`},
		{"counts:\n  x: { things: loss, while: [claimd]" + called, `there is no state "claimd"; was "claimed" meant?`},
		{"counts:\n  x: { acts: [refuse], things: loss" + called, `it counts either acts, or things, or terms`},
		{"counts:\n  x: { acts: [refuse], while: [claimed]" + called, `only things have states`},
		{"counts:\n  x: { acts: [refuse], by: { g: form.grund }" + called, `there is no field "form.grund"`},
		{"counts:\n  x: { acts: [refuse], by: { g: form.note }" + called, `figures cannot be told apart by a text`},
		{"counts:\n  x: { acts: [refuse], by: { g: state }" + called, `there is no such part "state"`},
		{"counts:\n  x: { acts: [refuse], by: { office: act }" + called, `office is what every count, or every stock, is told apart by`},
		{"counts:\n  x: { things: loss, sums: [victim]" + called, `a thing cannot be added up`},
		{"counts:\n  x: { terms: overdu" + called, `there is no terms "overdu"; was "overdue" meant?`},
		{"counts:\n  x: { terms: overdue, by: { k: kept }" + called, `there is no such part "kept"`},
		{"counts:\n  x: { things: loss, by: { month_end: state }" + called, `month_end is what every count, or every stock, is told apart by`},
		{"counts:\n  x: { things: loss, sums: [claimed], reckoned: { d: { of: [claimed], without: [recovered], called: { uz: a, ru: b, en: c } } }" + called, `the count x adds no "recovered" up`},
		{"counts:\n  x: { things: loss, sums: [claimed], reckoned: { d: { without: [claimed], called: { uz: a, ru: b, en: c } } }" + called, `it is made of no sum`},
		{"counts:\n  x: { things: loss, sums: [claimed], reckoned: { claimed: { of: [claimed], called: { uz: a, ru: b, en: c } } }" + called, `there is a sum "claimed" before`},
		{"counts:\n  x: { acts: [refuse]" + called + "\ntables:\n  t: { count: x, rows: month_end" + called, `there is no part "month_end"; known: region`},
		{"counts:\n  x: { acts: [refuse] }", `what it is called in the language uz is wanted`},
		{"counts:\n  x: { acts: [refuse]" + called + "\ntables:\n  t: { count: y, rows: office" + called, `there is no count "y"`},
		{"counts:\n  x: { acts: [refuse]" + called + "\ntables:\n  t: { count: x, rows: offce" + called, `there is no part "offce"; was "office" meant?`},
		{"counts:\n  x: { acts: [refuse]" + called + "\ntables:\n  t: { count: x, rows: office, sums: [y]" + called, `the count x adds no "y" up`},
		{"counts:\n  x: { acts: [refuse]" + called + "\ntables:\n  t: { count: x, rows: officer, without_reading: yes" + called, `figures by officers are not told without reading`},
		{"counts:\n  x: { acts: [refuse]" + called + "\ntables:\n  t: { count: x, rows: office, columns: month, without_reading: yes" + called, `no table has a month of its own`},
		{"counts:\n  x: { things: loss, sums: [claimed]" + called + "\ntables:\n  t: { count: x, rows: office, sums: [claimed], without_reading: yes" + called, `amounts are not told without reading`},
		{"counts:\n  x: { acts: [refuse]" + called + "\ntables:\n  t: { count: x, rows: office, without_reading: yes" + called + "\n  u: { count: x, rows: region, without_reading: yes" + called, `the table t of the same count is told by other places`},
	} {
		_, err := figures.Read(fstest.MapFS{"uz/criminal/figures.yaml": {Data: []byte(c.text + "\n")}}, []*procedure.Law{law})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "uz/criminal/figures.yaml:") {
			t.Errorf("%s:\n%v, not %s", c.text, err, c.want)
		}
	}
}

// A question of now reads the versions that hold, by the keys of both tables, however many there were before them. Both have several of most cases.
func TestAQuestionOfNowReadsNoHistory(t *testing.T) {
	t.Parallel()
	p := lifetime{20, 6}
	h := open(t, p.model().One(t, p.live), p)
	h.catchUp(t)
	var versions, holding int64
	if err := h.DB.QueryRow(ctx, `SELECT count(*), sum(CASE WHEN until = 4611686018427387904 THEN 1 ELSE 0 END) FROM figures_case`).Scan(&versions, &holding); err != nil {
		t.Fatal(err)
	}
	if versions < 2*holding {
		t.Errorf("%d versions of %d cases: the draw shows nothing", versions, holding)
	}
	actors := h.actors()
	general := actors[slices.IndexFunc(actors, func(a access.Actor) bool { return a.Role == "prosecutor_general" })]
	const all = "SEARCH w USING PRIMARY KEY (count=? AND until>?)"
	for _, x := range []struct {
		q  figures.Question
		by string
	}{
		{figures.Question{Count: "cases", Rows: "region", Columns: "stage", Office: "gp"}, all},
		{figures.Question{Count: "held", Rows: "measure"}, all},
		{figures.Question{Count: "reports", Rows: "office", Columns: "source"}, all},
		{figures.Question{Count: "cases", Rows: "article", Columns: "stage", Office: actors[0].Office}, "SEARCH w USING INDEX figures_fact_office (office=? AND until>?)"},
	} {
		q := x.q
		q.Law = "uz/criminal"
		text, values, err := h.Figures.Query(ctx, general, q)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := h.DB.Query(ctx, `EXPLAIN QUERY PLAN `+text, values...)
		if err != nil {
			t.Fatal(err)
		}
		plan := ""
		for rows.Next() {
			var id, parent, unused int
			var step string
			if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
				t.Fatal(err)
			}
			plan += step + "\n"
		}
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
		for _, by := range []string{x.by, "SEARCH p USING PRIMARY KEY (no=? AND until>?)"} {
			if !strings.Contains(plan, by) {
				t.Errorf("%+v is answered by\n%snot by %s", q, plan, by)
			}
		}
	}
}

// An answer is kept for its asker alone, and an answer of the newest leaves for as long as it took to be worth it.
func TestAnAnswerIsGivenAgainToItsAskerAlone(t *testing.T) {
	t.Parallel()
	p := lifetime{10, 6}
	h := open(t, p.model().One(t, p.live), p)
	h.catchUp(t)
	q := figures.Question{Law: "uz/criminal", Count: "cases", Rows: "stage"}
	ask := func(who access.Actor, q figures.Question) *figures.Answer {
		t.Helper()
		a, err := h.Figures.Answer(ctx, who, q)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	actors := h.actors()
	general := actors[slices.IndexFunc(actors, func(a access.Actor) bool { return a.Role == "prosecutor_general" })]
	first := ask(general, q)
	q.At = first.At
	if ask(general, q) != first {
		t.Error("the same question is counted again")
	}
	other := general
	other.Officer = "somebody else"
	if ask(other, q) == first {
		t.Error("an answer is given to another")
	}
	other = general
	other.Role, other.Office = "inquirer", "nowhere"
	if a := ask(other, q); a == first || len(a.Cells) != 0 {
		t.Error("an answer is given to him in another role")
	}
	q.Where = map[string]string{"stage": "refused"}
	if ask(general, q) == first {
		t.Error("an answer is given to another question")
	}
}
