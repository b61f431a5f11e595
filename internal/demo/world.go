package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/procedure"
)

// period is how long before Now the first case is registered that is not one of the older ones.
const period = 400 * day

// linkedIndex is behind the numbers of all lives that nobody's act leads to.
const linkedIndex = 1 << 48

// beat is an office that works on cases, with where it lies.
type beat struct {
	office  string
	place   string // SOATO
	court   string // the Uzbek name of its court
	body    string // the Uzbek name of the body that is supervised there
	region  string // SOATO
	weight  float64
	peoples peoples
}

// world is all that the lives of proceedings need to know.
type world struct {
	book    *book
	main    *procedure.Law // that of the cases
	days    *calendar.Days
	zone    *calendar.Zone
	now     calendar.Moment
	seed    uint64
	beats   []beat
	total   float64
	shown   int                       // of beats
	held    map[string][]access.Actor // office and role -> who acts
	by      map[string]access.Actor   // officer -> as what he acts
	names   map[string]string         // of officers
	comp    map[[2]string]string
	numbers map[string]*life   // by number of the proceeding, once the docket has given it
	near    map[string][]*life // by law and office: those that go on
	pages   []string           // roles in which an office acts by a public page
	linked  uint64             // lives that acts of others led to
	sample  []string           // lines of a paper
}

func newWorld(laws []*procedure.Law, s *directory.Service, o Options) (*world, error) {
	b, err := readBook(files, laws)
	if err != nil {
		return nil, err
	}
	staff, err := readStaff()
	if err != nil {
		return nil, err
	}
	brings, err := readIllustrated()
	if err != nil {
		return nil, err
	}
	days := laws[0].At(o.Now).Days
	w := &world{book: b, main: laws[0], days: days, zone: days.Zone(), now: o.Now, seed: o.Seed, held: map[string][]access.Actor{}, by: map[string]access.Actor{}, names: map[string]string{},
		comp: map[[2]string]string{}, shown: -1, pages: staff.pages, numbers: map[string]*life{}, near: map[string][]*life{}, sample: brings.paper}
	for _, c := range s.Competences {
		w.comp[[2]string{c.Office, c.Role}] = c.Competent
	}
	for _, n := range s.Officers {
		w.names[n.ID] = n.Name
		for _, m := range n.Mandates {
			a := access.Actor{Officer: n.ID, Role: m.Role, Office: m.Office, Mandate: m.ID, Present: access.Always}
			w.held[m.Office+" "+m.Role] = append(w.held[m.Office+" "+m.Role], a)
			w.by[n.ID] = a
		}
	}
	names := map[string]string{}
	for _, off := range s.Offices {
		names[off.ID] = off.Names["uz"]
	}
	add := func(soato string, weight float64, r *region) {
		office := interiorOf(soato)
		if _, known := names[office]; !known {
			return
		}
		if soato == shown {
			w.shown = len(w.beats)
		}
		w.beats = append(w.beats, beat{office: office, place: soato, court: names[courtOf(soato)], body: names[office], region: r.soato, weight: weight, peoples: r.peoples})
		w.total += weight
	}
	for _, r := range regions() {
		sum, weights := 0.0, make([]float64, len(r.districts))
		for i := range r.districts {
			weights[i] = 2
			if i == 0 && strings.HasSuffix(r.districts[i].uz, "shahri") {
				weights[i] = 5 // the region's capital
			}
			sum += weights[i]
		}
		all := float64(r.people) * r.crime
		for i := range r.districts {
			add(r.districts[i].soato, all*(1-b.pace.regional)*weights[i]/sum, &r)
		}
		add(r.soato, all*b.pace.regional, &r)
	}
	if w.shown < 0 {
		return nil, fmt.Errorf("the service has no office in the district %s", shown)
	}
	return w, nil
}

// mainBirth is how a case begins.
func (w *world) mainBirth() *birthRule {
	for i := range w.book.births {
		if b := &w.book.births[i]; b.law == w.main && b.perHundred == 0 {
			return b
		}
	}
	return nil // not reached: a test reads the files
}

func (w *world) competent(office, role string) string {
	if c, ok := w.comp[[2]string{office, role}]; ok {
		return c
	}
	return office
}

// who are the officers that have a role for an office.
func (w *world) who(office, role string) []access.Actor {
	return w.held[w.competent(office, role)+" "+role]
}

// beatFor draws where a case happens.
func (w *world) beatFor(r *rand.Rand) *beat {
	if r.Float64() < w.book.pace.shown {
		return &w.beats[w.shown]
	}
	n := r.Float64() * w.total
	for i := range w.beats {
		if n -= w.beats[i].weight; n < 0 {
			return &w.beats[i]
		}
	}
	return &w.beats[len(w.beats)-1]
}

// arrivals are the moments at which n reports come in between two days before
// now, the earliest first: at any time, though few before dawn and more on the
// evenings of free days.
func (w *world) arrivals(r *rand.Rand, n int, from, to calendar.Moment) []calendar.Moment {
	byHour := [24]int{3, 2, 2, 1, 1, 1, 2, 3, 5, 7, 8, 8, 7, 6, 6, 6, 6, 7, 8, 9, 9, 8, 7, 5}
	most := 9
	out := make([]calendar.Moment, 0, n)
	for len(out) < n {
		m := w.now - from - calendar.Moment(r.Int64N(int64(to-from))) - 5*calendar.Minute
		m -= m % calendar.Second
		_, tod := w.zone.Local(m)
		if r.IntN(most) < byHour[tod/calendar.Hour] {
			out = append(out, m)
		}
	}
	slices.Sort(out)
	return out
}

// pair brings some of the births together, two at the same office.
func (w *world) pair(list []birth, rule *birthRule, r *rand.Rand) {
	for k := 0; k+1 < len(list); k++ {
		if rule.pairs == 0 || r.Float64() >= rule.pairs || list[k].at > w.now-60*day {
			continue
		}
		a, b := &list[k], &list[k+1]
		a.beat = w.beatFor(r)
		b.beat, a.plan, b.plan = a.beat, rule.first, rule.second
		b.at = a.at + day + calendar.Moment(r.Int64N(int64(4*day)))
		b.at -= b.at % calendar.Second
		k++
	}
}

// births are all that begin by themselves, the earliest first: the scenes, the
// cases, and in proportion to these what the files let begin under other laws.
func (w *world) births(cases int, lapse func(act, why string)) []birth {
	var out []birth
	staged := 0
	for _, b := range w.staged(cases, lapse) {
		if b.rule.law == w.main {
			staged++
		}
		out = append(out, b)
	}
	index := uint64(len(w.book.scenes))
	for i := range w.book.births {
		rule := &w.book.births[i]
		n := cases * rule.perHundred / 100
		if rule.perHundred == 0 {
			n = cases - staged
		}
		r := random(w.seed, arrivalStream+uint64(i)<<8)
		old := int(float64(n) * w.book.older.share)
		if rule.perHundred > 0 {
			old = 0
		}
		for k, at := range append(w.arrivals(r, old, calendar.Moment(w.book.older.from)*day, calendar.Moment(w.book.older.to)*day), w.arrivals(r, n-old, 0, period)...) {
			b := birth{at: at, index: index, rule: rule}
			if k < old {
				b.plan = w.book.older.plan
			}
			if rule.desk {
				l := &life{world: w, r: r}
				b.at = min(l.toDesk(at), w.now-minute)
				b.at -= b.at % calendar.Second
			}
			out = append(out, b)
			index++
		}
		w.pair(out[len(out)-n+old:], rule, r)
	}
	slices.SortFunc(out, func(a, b birth) int {
		if a.at != b.at {
			return int(min(max(a.at-b.at, -1), 1))
		}
		return int(a.index) - int(b.index)
	})
	return out
}

// mostHere is how many cases of the district that is shown are named.
const mostHere = 40

// here are the numbers of cases of the district that is shown: those with parties of most roles first, and of these the newest.
func (w *world) here() (out []string) {
	roles := func(l *life) int {
		seen := map[string]bool{}
		for _, p := range l.law.Parties(&l.run.State) {
			seen[p.As] = p.As != ""
		}
		delete(seen, "") // an office
		return len(seen)
	}
	list := slices.Clone(w.near[w.main.Name+" "+w.beats[w.shown].office])
	slices.SortFunc(list, func(a, b *life) int {
		return cmp.Or(roles(b)-roles(a), cmp.Compare(b.at, a.at), cmp.Compare(a.index, b.index))
	})
	for _, l := range list[:min(len(list), mostHere)] {
		out = append(out, l.number)
	}
	return out
}
