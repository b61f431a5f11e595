package observe

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"nazorat/internal/calendar"
	"nazorat/internal/eventlog"
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
	*source
	law *procedure.Law
	m   *mapping
}

// readMapping reads and checks <law>/observe.yaml. The error is a procedure.Problems if the file is at fault.
func readMapping(fsys fs.FS, law *procedure.Law) (*mapping, error) {
	d := &mapper{&source{file: path.Join(law.Name, "observe.yaml")}, law, &mapping{opens: procedure.None, exact: map[string]*reading{}}}
	d.m.counts = make([]counts, len(law.Editions[0].Terms))
	top := d.read(fsys)
	if top == nil {
		return nil, d.err()
	}
	k := d.keys(top, "log", "opened_by", "things", "same_day", "terms", "events")
	d.theLog(k["log"])
	d.things(k["opened_by"], k["things"])
	d.terms(k["terms"])
	if k["events"] == nil {
		d.bad(top, "maps no events").Meant = "say events: { \"Name of an activity\": act }"
	}
	for _, e := range d.entries(k["events"]) {
		d.event(e)
	}
	sort.SliceStable(d.m.prefixes, func(i, j int) bool { return len(d.m.prefixes[i].pattern) > len(d.m.prefixes[j].pattern) })
	d.sameDay(k["same_day"])
	if err := d.err(); err != nil {
		return nil, err
	}
	d.keep()
	return d.m, nil
}

func (d *mapper) theLog(n *yaml.Node) {
	k := d.keys(n, "case", "activity", "time", "layouts", "day_only", "zone", "recorded", "ends")
	o := &d.m.log
	o.Case, o.Activity, o.Time, o.DayOnly = d.text(k["case"]), d.text(k["activity"]), d.text(k["time"]), d.yes(k["day_only"])
	for _, l := range d.list(k["layouts"]) {
		o.Layouts = append(o.Layouts, l.Value)
	}
	o.Zone = d.law.Editions[0].Days.Zone().Location()
	if z := k["zone"]; z != nil {
		loc, err := time.LoadLocation(d.text(z))
		if err != nil || z.Value == "" || z.Value == "Local" {
			d.bad(z, "unknown time zone %q", z.Value)
		} else {
			o.Zone = loc
		}
	}
	day := func(n *yaml.Node) calendar.Moment {
		if n == nil {
			return 0
		}
		date, err := calendar.ParseDate(d.text(n))
		if err != nil {
			d.bad(n, "%v", err)
		}
		year, month, dayOf := date.Civil()
		return calendar.At(time.Date(year, time.Month(month), dayOf+1, 0, 0, 0, 0, o.Zone)) - calendar.Microsecond
	}
	d.m.recorded, d.m.ends = day(k["recorded"]), day(k["ends"])
}

// rule finds an act by name in the last edition that has it; nil, with a problem, if none has.
func (d *mapper) rule(at *yaml.Node) *procedure.ActRule {
	var known []string
	for _, e := range slices.Backward(d.law.Editions) {
		if r := e.Act(at.Value); r != nil {
			return r
		}
		for _, r := range e.Acts {
			if r != nil {
				known = append(known, r.Name)
			}
		}
	}
	d.badName(at, "act", at.Value, known)
	return nil
}

func (d *mapper) things(opens, n *yaml.Node) {
	if opens != nil {
		if r := d.rule(opens); r != nil {
			d.m.opens = r.ID
			if !r.Opens {
				d.bad(opens, "%s opens nothing", r.Name)
			}
		}
	}
	for _, e := range d.entries(n) {
		id := d.law.Kind(e.name)
		if id <= 0 {
			d.badName(e.key, "kind of thing", e.name, d.kinds())
			continue
		}
		k := d.keys(e.value, "key", "added_by")
		if k["key"] == nil || k["added_by"] == nil {
			d.bad(e.key, "wants key: (an attribute of the log) and added_by: (an act)")
			continue
		}
		if r := d.rule(k["added_by"]); r != nil {
			if r.Adds != id || r.On != 0 {
				d.bad(k["added_by"], "%s does not add a %s to the proceeding", r.Name, e.name)
			}
			d.m.keyed = append(d.m.keyed, keyed{id, d.text(k["key"]), r.ID})
		}
	}
	if len(d.m.keyed) > 1 {
		d.bad(n, "a log can have a key for one kind of thing only")
	}
}

func (d *mapper) kinds() (out []string) {
	for _, k := range d.law.Editions[len(d.law.Editions)-1].Kinds[1:] {
		if k != nil {
			out = append(out, k.Name)
		}
	}
	return out
}

func (d *mapper) terms(n *yaml.Node) {
	for _, e := range d.entries(n) {
		id := d.law.Term(e.name)
		if id < 0 {
			var known []string
			for i := range d.m.counts {
				known = append(known, d.law.TermName(procedure.TermID(i)))
			}
			d.badName(e.key, "term", e.name, known)
			continue
		}
		for _, w := range d.list(d.keys(e.value, "counts")["counts"]) {
			switch w.Value {
			case "done_before":
				d.m.counts[id].before = true
			case "done_after":
				d.m.counts[id].after = true
			default:
				d.badName(w, "way to count", w.Value, []string{"done_before", "done_after"})
			}
		}
	}
}

func (d *mapper) event(e entry) {
	pattern, isPrefix := strings.CutSuffix(e.name, "*")
	r := &reading{pattern: pattern}
	if isPrefix {
		d.m.prefixes = append(d.m.prefixes, r)
	} else {
		d.m.exact[e.name] = r
	}
	acts, form := e.value, (*yaml.Node)(nil)
	if e.value.Kind == yaml.MappingNode {
		k := d.keys(e.value, "act", "form")
		acts, form = k["act"], k["form"]
	}
	if acts == nil {
		d.bad(e.key, "%q says no act", e.name).Meant = "say an act, or ignore"
		return
	}
	if acts.Value == "ignore" {
		r.ignore = true
		return
	}
	var rules []*procedure.ActRule
	for _, a := range d.list(acts) {
		if rule := d.rule(a); rule != nil {
			rules = append(rules, rule)
			r.acts = append(r.acts, rule.ID)
		}
	}
	if len(rules) == 0 {
		return
	}
	if len(rules) > 1 && slices.ContainsFunc(rules, func(o *procedure.ActRule) bool { return o.On != rules[0].On || o.Opens }) {
		d.bad(acts, "of several acts one is chosen, so all must be done on the same kind and none may open")
	}
	for _, f := range d.entries(form) {
		d.filling(r, rules, f, isPrefix)
	}
}

func (d *mapper) filling(r *reading, rules []*procedure.ActRule, f entry, isPrefix bool) {
	var g filling
	for _, rule := range rules {
		fld := rule.Field(f.name)
		if fld == nil {
			var known []string
			for _, o := range rule.Form {
				if o != nil {
					known = append(known, o.Name)
				}
			}
			d.badName(f.key, "field of "+rule.Name, f.name, known)
			return
		}
		if g.field == nil {
			g.field = fld
		}
		if g.field.Type != fld.Type {
			d.bad(f.key, "%s is a %s of one act and a %s of another", f.name, g.field.Type, fld.Type)
		}
		g.fields = append(g.fields, fld.ID)
	}
	if f.value.Kind == yaml.ScalarNode {
		g.attr = f.value.Value
		g.suffix = g.attr == "*"
	} else {
		k := d.keys(f.value, "from", "trace", "const", "empty")
		g.attr, g.text = d.text(k["from"]), d.text(k["const"])
		if k["trace"] != nil {
			g.attr, g.ofTrace = d.text(k["trace"]), true
		}
		for _, w := range d.list(k["empty"]) {
			g.empty = append(g.empty, w.Value)
		}
		if (g.attr == "") == (g.text == "") {
			d.bad(f.key, "%s comes from one of from: (an attribute of the event), trace: (of the case), const: (always the same)", f.name)
		}
	}
	if g.suffix && !isPrefix {
		d.bad(f.value, "\"*\" is what stands behind a prefix, and this activity has none").Meant = "end the activity with *"
	}
	if g.text != "" {
		if _, key := g.field.ParseValue(g.text, d.law.Editions[0].Days.Zone()); key != "" {
			d.bad(f.value, "%q is no %s: %s", g.text, g.field.Type, key)
		}
	}
	r.form = append(r.form, g)
}

// sameDay reads the order of the acts of one day. It must name every act that an event can be.
func (d *mapper) sameDay(n *yaml.Node) {
	if n == nil {
		return
	}
	d.m.rank = make([]int, len(d.law.Editions[0].Acts))
	for i, a := range d.list(n) {
		if r := d.rule(a); r != nil {
			if d.m.rank[r.ID] != 0 {
				d.bad(a, "%s is named twice", r.Name)
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
		d.bad(n, "same_day leaves out %s", strings.Join(missing, ", "))
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
