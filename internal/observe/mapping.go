package observe

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/eventlog"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// mapping is observe.yaml of a law, checked against that law.
type mapping struct {
	log      eventlog.CSVOptions
	recorded calendar.Moment // nothing can have been done later; 0: not known
	ends     calendar.Moment // when what is still open is judged; 0: with the last event
	opens    procedure.ActID // done unseen where a log begins after the opening; None
	keyed    []keyed
	rank     []int    // of each act within a day; nil: the order of the log
	counts   []counts // by term
	exact    map[string]*reading
	prefixes []*reading // the longest first
}

// keyed says which things of a kind a log knows by a key.
type keyed struct {
	kind procedure.KindID
	attr string
	adds procedure.ActID
}

// counts says what else counts as doing what a term asks for.
type counts struct{ before, after bool }

// reading says how the events of an activity, or of all that begin alike, are read.
type reading struct {
	pattern string // without the *
	ignore  bool
	acts    []procedure.ActID // several: the one that the law allows
	form    []filling
}

// filling says where a field of the form comes from.
type filling struct {
	fields  []procedure.FieldID // by place in reading.acts
	field   *procedure.Field    // of the first act
	attr    string
	ofTrace bool
	suffix  bool
	text    string // a constant
	empty   []string
}

type mapper struct {
	*lawtext.Source
	law *procedure.Law
	m   *mapping
}

// readMapping reads and checks <law>/observe.yaml. The error is a lawtext.Problems if the file is at fault.
func readMapping(fsys fs.FS, law *procedure.Law) (*mapping, error) {
	d := &mapper{lawtext.New(fsys), law, &mapping{opens: procedure.None, exact: map[string]*reading{}}}
	d.m.counts = make([]counts, len(law.Editions[0].Terms))
	file := path.Join(law.Name, "observe.yaml")
	if len(d.Files(law.Name, "observe.yaml")) == 0 {
		d.Bad(lawtext.At(file), "cannot be read: there is no such file").Meant = "it says which activity of a log is which act of the law"
		return nil, d.Err()
	}
	top, ok := d.Read(file)
	if !ok {
		return nil, d.Err()
	}
	k := d.Keys(top, "log", "opened_by", "things", "same_day", "terms", "events")
	d.theLog(k["log"])
	d.things(k["opened_by"], k["things"])
	d.terms(k["terms"])
	if !k["events"].Given() {
		d.Bad(top, "maps no events").Meant = "say events: { \"Name of an activity\": act }"
	}
	for _, e := range d.Entries(k["events"]) {
		d.event(e)
	}
	sort.SliceStable(d.m.prefixes, func(i, j int) bool { return len(d.m.prefixes[i].pattern) > len(d.m.prefixes[j].pattern) })
	d.sameDay(k["same_day"])
	if err := d.Err(); err != nil {
		return nil, err
	}
	d.keep()
	return d.m, nil
}

func (d *mapper) theLog(n lawtext.Node) {
	k := d.Keys(n, "case", "activity", "time", "layouts", "day_only", "zone", "recorded", "ends")
	o := &d.m.log
	o.Case, o.Activity, o.Time, o.DayOnly = d.Text(k["case"]), d.Text(k["activity"]), d.Text(k["time"]), d.Yes(k["day_only"])
	for _, l := range d.List(k["layouts"]) {
		o.Layouts = append(o.Layouts, l.Word())
	}
	o.Zone = d.law.Editions[0].Days.Zone().Location()
	if z := k["zone"]; z.Given() {
		loc, err := time.LoadLocation(d.Text(z))
		if err != nil || z.Word() == "" || z.Word() == "Local" {
			d.Bad(z, "unknown time zone %q", z.Word())
		} else {
			o.Zone = loc
		}
	}
	day := func(n lawtext.Node) calendar.Moment {
		if !n.Given() {
			return 0
		}
		date, err := calendar.ParseDate(d.Text(n))
		if err != nil {
			d.Bad(n, "%v", err)
		}
		year, month, dayOf := date.Civil()
		return calendar.At(time.Date(year, time.Month(month), dayOf+1, 0, 0, 0, 0, o.Zone)) - calendar.Microsecond
	}
	d.m.recorded, d.m.ends = day(k["recorded"]), day(k["ends"])
}

// rule finds an act by name in the last edition that has it; nil, with a problem, if none has.
func (d *mapper) rule(at lawtext.Node) *procedure.ActRule {
	var known []string
	for _, e := range slices.Backward(d.law.Editions) {
		if r := e.Act(at.Word()); r != nil {
			return r
		}
		known = append(known, e.ActNames()...)
	}
	d.BadName(at, "act", at.Word(), known)
	return nil
}

func (d *mapper) things(opens, n lawtext.Node) {
	if opens.Given() {
		if r := d.rule(opens); r != nil {
			d.m.opens = r.ID
			if !r.Opens {
				d.Bad(opens, "%s opens nothing", r.Name)
			}
		}
	}
	for _, e := range d.Entries(n) {
		id := d.law.Kind(e.Name)
		if id <= 0 {
			d.BadName(e.Key, "kind of thing", e.Name, d.law.Editions[len(d.law.Editions)-1].KindNames()[1:])
			continue
		}
		k := d.Keys(e.Value, "key", "added_by")
		if !k["key"].Given() || !k["added_by"].Given() {
			d.Bad(e.Key, "wants key: (an attribute of the log) and added_by: (an act)")
			continue
		}
		if r := d.rule(k["added_by"]); r != nil {
			if r.Adds != id || r.On != 0 {
				d.Bad(k["added_by"], "%s does not add a %s to the proceeding", r.Name, e.Name)
			}
			d.m.keyed = append(d.m.keyed, keyed{id, d.Text(k["key"]), r.ID})
		}
	}
	if len(d.m.keyed) > 1 {
		d.Bad(n, "a log can have a key for one kind of thing only")
	}
}

func (d *mapper) terms(n lawtext.Node) {
	for _, e := range d.Entries(n) {
		id := d.law.Term(e.Name)
		if id < 0 {
			var known []string
			for i := range d.m.counts {
				known = append(known, d.law.TermName(procedure.TermID(i)))
			}
			d.BadName(e.Key, "term", e.Name, known)
			continue
		}
		for _, w := range d.List(d.Keys(e.Value, "counts")["counts"]) {
			switch w.Word() {
			case "done_before":
				d.m.counts[id].before = true
			case "done_after":
				d.m.counts[id].after = true
			default:
				d.BadName(w, "way to count", w.Word(), []string{"done_before", "done_after"})
			}
		}
	}
}

func (d *mapper) event(e lawtext.Entry) {
	pattern, isPrefix := strings.CutSuffix(e.Name, "*")
	r := &reading{pattern: pattern}
	if isPrefix {
		d.m.prefixes = append(d.m.prefixes, r)
	} else {
		d.m.exact[e.Name] = r
	}
	acts, form := e.Value, lawtext.Node{}
	if e.Value.Mapping() {
		k := d.Keys(e.Value, "act", "form")
		acts, form = k["act"], k["form"]
	}
	if !acts.Given() || acts.Empty() {
		d.Bad(e.Key, "%q says no act", e.Name).Meant = "say an act, or ignore"
		return
	}
	if acts.Word() == "ignore" {
		r.ignore = true
		return
	}
	var rules []*procedure.ActRule
	for _, a := range d.List(acts) {
		if rule := d.rule(a); rule != nil {
			rules = append(rules, rule)
			r.acts = append(r.acts, rule.ID)
		}
	}
	if len(rules) == 0 {
		return
	}
	if len(rules) > 1 && slices.ContainsFunc(rules, func(o *procedure.ActRule) bool { return o.On != rules[0].On || o.Opens }) {
		d.Bad(acts, "of several acts one is chosen, so all must be done on the same kind and none may open")
	}
	for _, f := range d.Entries(form) {
		d.filling(r, rules, f, isPrefix)
	}
}

func (d *mapper) filling(r *reading, rules []*procedure.ActRule, f lawtext.Entry, isPrefix bool) {
	var g filling
	for _, rule := range rules {
		fld := rule.Field(f.Name)
		if fld == nil {
			d.BadName(f.Key, "field of "+rule.Name, f.Name, procedure.FieldNames(rule.Form))
			return
		}
		if g.field == nil {
			g.field = fld
		}
		if g.field.Type != fld.Type {
			d.Bad(f.Key, "%s is a %s of one act and a %s of another", f.Name, g.field.Type, fld.Type)
		}
		g.fields = append(g.fields, fld.ID)
	}
	if f.Value.Scalar() {
		g.attr = f.Value.Word()
		g.suffix = g.attr == "*"
	} else {
		k := d.Keys(f.Value, "from", "trace", "const", "empty")
		g.attr, g.text = d.Text(k["from"]), d.Text(k["const"])
		if k["trace"].Given() {
			g.attr, g.ofTrace = d.Text(k["trace"]), true
		}
		for _, w := range d.List(k["empty"]) {
			g.empty = append(g.empty, w.Word())
		}
		if (g.attr == "") == (g.text == "") {
			d.Bad(f.Key, "%s comes from one of from: (an attribute of the event), trace: (of the case), const: (always the same)", f.Name)
		}
	}
	if g.suffix && !isPrefix {
		d.Bad(f.Value, "\"*\" is what stands behind a prefix, and this activity has none").Meant = "end the activity with *"
	}
	if g.text != "" {
		if _, key := g.field.ParseValue(g.text, d.law.Editions[0].Days.Zone()); key != "" {
			d.Bad(f.Value, "%q is no %s: %s", g.text, g.field.Type, key)
		}
	}
	r.form = append(r.form, g)
}

// sameDay reads the order of the acts of one day. It must name every act that an event can be.
func (d *mapper) sameDay(n lawtext.Node) {
	if !n.Given() {
		return
	}
	d.m.rank = make([]int, len(d.law.Editions[0].Acts))
	for i, a := range d.List(n) {
		if r := d.rule(a); r != nil {
			if d.m.rank[r.ID] != 0 {
				d.Bad(a, "%s is named twice", r.Name)
			}
			d.m.rank[r.ID] = i + 1
		}
	}
	var missing []string
	for _, r := range append(slices.Collect(maps.Values(d.m.exact)), d.m.prefixes...) {
		for _, a := range r.acts {
			if name := d.law.ActName(a); d.m.rank[a] == 0 && !slices.Contains(missing, name) {
				missing = append(missing, name)
			}
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		d.Bad(n, "same_day leaves out %s", strings.Join(missing, ", "))
	}
}

// keep lists the attributes that are read at all.
func (d *mapper) keep() {
	o := &d.m.log
	o.Keep = []string{}
	for _, k := range d.m.keyed {
		o.Keep = append(o.Keep, k.attr)
	}
	for _, r := range append(slices.Collect(maps.Values(d.m.exact)), d.m.prefixes...) {
		for _, g := range r.form {
			if g.attr != "" && !g.suffix {
				o.Keep = append(o.Keep, g.attr)
			}
		}
	}
	slices.Sort(o.Keep)
	o.Keep = slices.Compact(o.Keep)
}

// find the reading of an activity and what stands behind its prefix; nil where the mapping says nothing.
func (m *mapping) find(activity string) (r *reading, suffix string) {
	if r := m.exact[activity]; r != nil {
		return r, ""
	}
	for _, r := range m.prefixes {
		if rest, ok := strings.CutPrefix(activity, r.pattern); ok {
			return r, rest
		}
	}
	return nil, ""
}
