package portal

import (
	"cmp"
	"context"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/fact"
	"nazorat/internal/lawtext"
	"nazorat/internal/notice"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// toldFile stands beside a law's editions and says what whoever a proceeding is about is told of it, and what he may ask.
const toldFile = "told.yaml"

// telling is what one law says of that. Read-only once read.
type telling struct {
	law     *procedure.Law
	article string // that lets it be told
	role    string // under which the office tells it, and does what he asks
	kind    procedure.KindID
	while   []procedure.StateID
	reached map[notice.Channel]procedure.FieldID // of the kind: where he is reached
	acts    []string
	terms   map[procedure.TermID]bool
	sums    sums
	asks    *asks // nil: he asks nothing here
}

// sums are what is told of things that name him.
type sums struct {
	kind  procedure.KindID // None: nothing is
	of    procedure.FieldID
	while []procedure.StateID
	shows []procedure.FieldID
	names []string
}

// asks is how he asks for something, and where the answer stands.
type asks struct {
	act               string
	kind              procedure.KindID
	text, who, answer string
	whoID, answerID   procedure.FieldID
	textID            procedure.FieldID
	form              map[string]string // what else the form holds
	most              int               // of what he asked, so much may wait
}

// readTellings reads what each of some laws says; a law without such a file tells nothing. It refuses a file that names what there is not, or would tell of others.
func readTellings(fsys fs.FS, laws []*procedure.Law) (map[string]*telling, error) {
	out := map[string]*telling{}
	s := lawtext.New(fsys)
	for _, law := range laws {
		file := path.Join(law.Name, toldFile)
		if !slices.Contains(s.Files(law.Name, ".yaml"), file) {
			continue
		}
		if top, ok := s.Read(file); ok {
			r := tellingReader{s, law, law.Editions[len(law.Editions)-1]}
			out[law.Name] = r.read(top)
		}
	}
	return out, s.Err()
}

type tellingReader struct {
	*lawtext.Source
	law  *procedure.Law
	last *procedure.Edition
}

func (r tellingReader) read(top lawtext.Node) *telling {
	k := r.Keys(top, "article", "confidence", "role", "to", "acts", "sums", "terms", "asks")
	d := &telling{law: r.law, article: r.Text(k["article"]), role: r.Text(k["role"]), reached: map[notice.Channel]procedure.FieldID{}, terms: map[procedure.TermID]bool{}, sums: sums{kind: procedure.None}}
	var cites []string
	for _, c := range r.last.Cites {
		cites = append(cites, c.Short)
	}
	if short, _, _ := strings.Cut(d.article, " "); !slices.Contains(cites, short) {
		r.Bad(k["article"].Or(top), "the article that lets it be told is wanted").Meant = lawtext.Meant(short, cites)
	}
	r.OneOf(k["confidence"].Or(top), "confidence", "V", "V+", "N", "M")
	if d.role == "" {
		r.Bad(k["role"].Or(top), "the role is wanted under which the office tells it")
	}
	to := r.Keys(k["to"].Or(top), "kind", "while", "reached")
	kind := r.kind(to["kind"].Or(top))
	if kind == nil || kind.Of != 0 {
		r.Bad(to["kind"].Or(top), "who is told is a thing that belongs to the proceeding")
		return d
	}
	d.kind, d.while = kind.ID, r.states(kind, to["while"])
	for _, e := range r.Entries(to["reached"]) {
		c := notice.Channel(e.Name)
		if c != notice.Email && c != notice.SMS {
			r.BadName(e.Key, "way to reach somebody", e.Name, []string{string(notice.Email), string(notice.SMS)})
		}
		if f := r.field(kind, e.Value, fact.Text); f != nil {
			d.reached[c] = f.ID
		}
	}
	if len(d.reached) == 0 {
		r.Bad(to["reached"].Or(top), "it is not said where he is reached")
	}
	for _, n := range r.List(k["acts"]) {
		if r.tells(n, kind) {
			d.acts = append(d.acts, n.Word())
		}
	}
	for _, n := range r.List(k["terms"]) {
		id := r.law.Term(n.Word())
		if id < 0 {
			r.BadName(n, "term", n.Word(), r.law.Names.Terms.List)
			continue
		}
		d.terms[id] = true
	}
	if k["sums"].Given() {
		d.sums = r.sums(k["sums"], kind)
	}
	if k["asks"].Given() {
		d.asks = r.asks(k["asks"], kind, d.role)
	}
	return d
}

func (r tellingReader) kind(n lawtext.Node) *procedure.Kind {
	kind := r.last.Kind(r.Text(n))
	if kind == nil {
		r.BadName(n, "kind", n.Word(), r.law.Names.Kinds.List)
	}
	return kind
}

func (r tellingReader) states(kind *procedure.Kind, n lawtext.Node) (out []procedure.StateID) {
	for _, item := range r.List(n) {
		id := r.last.State(kind.ID, item.Word())
		if id < 0 {
			r.BadName(item, "state", item.Word(), r.law.Names.States[kind.ID].List)
			continue
		}
		out = append(out, id)
	}
	return out
}

// field of a kind that is seen by whoever reads the proceeding.
func (r tellingReader) field(kind *procedure.Kind, n lawtext.Node, want fact.Type) *procedure.Field {
	f := kind.Field(r.Text(n))
	switch {
	case f == nil:
		r.BadName(n, "field of the "+kind.Name, n.Word(), procedure.FieldNames(kind.Fields))
	case f.Type != want:
		r.Bad(n, "the field %q is no %s", f.Name, want)
		return nil
	}
	return f
}

// tells reports whether an act may be told: on the proceeding as a whole it is one that brings nothing in, since what it brings in may be another's; and its sheet is of no class.
func (r tellingReader) tells(n lawtext.Node, kind *procedure.Kind) bool {
	rule := r.last.Act(n.Word())
	switch {
	case rule == nil:
		r.BadName(n, "act", n.Word(), r.law.Names.Acts.List)
	case rule.Sheet != "":
		r.Bad(n, "the sheet of %s is of a class, which is not told here", rule.Name)
	case rule.On > 0 && rule.On != kind.ID:
		r.Bad(n, "the act %s is done on something else than the whole or on him", rule.Name)
	case rule.On <= 0 && rule.Adds > 0:
		r.Bad(n, "the act %s brings in what may be another's", rule.Name)
	default:
		return true
	}
	return false
}

func (r tellingReader) sums(n lawtext.Node, who *procedure.Kind) sums {
	v := r.Keys(n, "kind", "of", "while", "shows")
	out := sums{kind: procedure.None}
	kind := r.kind(v["kind"].Or(n))
	if kind == nil {
		return out
	}
	f := r.field(kind, v["of"].Or(n), fact.Thing)
	if f == nil || f.Kind != who.ID {
		r.Bad(v["of"].Or(n), "it is not said by which field it is whose")
		return out
	}
	out.kind, out.of, out.while = kind.ID, f.ID, r.states(kind, v["while"])
	for _, item := range r.List(v["shows"]) {
		if f := r.field(kind, item, fact.Money); f != nil {
			out.shows, out.names = append(out.shows, f.ID), append(out.names, f.Name)
		}
	}
	return out
}

func (r tellingReader) asks(n lawtext.Node, who *procedure.Kind, role string) *asks {
	v := r.Keys(n, "act", "kind", "text", "who", "answer", "form", "most")
	out := &asks{act: r.Text(v["act"]), text: r.Text(v["text"]), who: r.Text(v["who"]), answer: r.Text(v["answer"]), form: map[string]string{}}
	kind, rule := r.kind(v["kind"].Or(n)), r.last.Act(out.act)
	switch {
	case kind == nil:
		return nil
	case rule == nil:
		r.BadName(v["act"].Or(n), "act", out.act, r.law.Names.Acts.List)
		return nil
	case rule.On > 0 || rule.Adds != kind.ID || !rule.Role(role) || rule.Sheet != "":
		r.Bad(v["act"], "the act %s is none of the role %s that brings a %s into the proceeding", rule.Name, role, kind.Name)
		return nil
	}
	out.kind = kind.ID
	his := r.field(kind, v["who"].Or(n), fact.Thing)
	if his == nil || his.Kind != who.ID || rule.Field(out.who) == nil {
		r.Bad(v["who"].Or(n), "it is not said by which field of the form and of the %s it is his", kind.Name)
		return nil
	}
	out.whoID = his.ID
	text, answer := r.field(kind, v["text"].Or(n), fact.Text), r.field(kind, v["answer"].Or(n), fact.Text)
	if text == nil || answer == nil || rule.Field(out.text) == nil {
		r.Bad(v["text"].Or(n), "it is not said where what he asks stands, and where the answer")
		return nil
	}
	out.textID, out.answerID = text.ID, answer.ID
	for _, e := range r.Entries(v["form"]) {
		if rule.Field(e.Name) == nil {
			r.BadName(e.Key, "field of "+rule.Name, e.Name, procedure.FieldNames(rule.Form))
		}
		out.form[e.Name] = r.Text(e.Value)
	}
	most, err := strconv.Atoi(r.Text(v["most"]))
	if err != nil || most < 1 {
		r.Bad(v["most"].Or(n), "how much may wait is wanted, a number")
	}
	out.most = most
	return out
}

// actor is the office as it tells somebody of a proceeding that it has.
func (d *telling) actor(office string) access.Actor {
	return access.Actor{Role: d.role, Office: office}
}

// Visitor is somebody whom one of some proceedings, by number, reaches and whom this page tells of it: the first that is found, nil for nobody. The demonstration
// tells it to everybody.
func (k *Desk) Visitor(ctx context.Context, numbers []string) (*web.Visitor, error) {
	for _, number := range numbers {
		id, what, err := k.docket.Found(ctx, number)
		if err = unlessNone(err); err != nil {
			return nil, err
		}
		d := k.tellings[what.Law]
		if d == nil {
			continue
		}
		p, err := k.docket.Proceeding(ctx, d.actor(what.Office), id)
		if err = unlessNone(err); err != nil {
			return nil, err
		}
		if p == nil || p.Exception != "" {
			continue
		}
		for _, c := range []notice.Channel{notice.SMS, notice.Email} {
			field, reached := d.reached[c]
			for no := range p.State.Things {
				at, err := k.notices.AddressOf(c, p.State.Things[no].Field(field).Text)
				if reached && err == nil && len(d.mine(k.notices, p, c, at)) > 0 {
					return &web.Visitor{Key: "visit.title", Href: VisitHref, Number: number, Address: at}, nil
				}
			}
		}
	}
	return nil, nil
}

// mine are the things of a proceeding by which whoever is reached at an address is in it, by their numbers.
func (d *telling) mine(n *notice.Keeper, p *proceedings.Proceeding, c notice.Channel, at string) (out []int32) {
	field, reached := d.reached[c]
	if !reached {
		return nil
	}
	for no := range p.State.Things {
		t := &p.State.Things[no]
		if no == 0 || t.Withheld() || t.Kind != d.kind || !slices.Contains(d.while, t.State) {
			continue
		}
		if kept, err := n.AddressOf(c, t.Field(field).Text); err == nil && strings.EqualFold(kept, at) {
			out = append(out, int32(no))
		}
	}
	return out
}

// names reports whether a thing names one of some others by a field.
func names(t *procedure.Thing, field procedure.FieldID, mine []int32) bool {
	v := t.Field(field)
	return v.Given() && slices.Contains(mine, int32(v.Num))
}

// lost are his things of which sums are told.
func (d *telling) lost(p *proceedings.Proceeding, mine []int32) (out []*procedure.Thing) {
	if d.sums.kind == procedure.None {
		return nil
	}
	for no := range p.State.Things {
		t := &p.State.Things[no]
		if !t.Withheld() && t.Kind == d.sums.kind && (len(d.sums.while) == 0 || slices.Contains(d.sums.while, t.State)) && names(t, d.sums.of, mine) {
			out = append(out, t)
		}
	}
	return out
}

// asked are what he asked for, by their numbers, the newest first.
func (d *telling) asked(p *proceedings.Proceeding, mine []int32) (out []int32) {
	if d.asks == nil {
		return nil
	}
	for no := range p.State.Things {
		if t := &p.State.Things[no]; !t.Withheld() && t.Kind == d.asks.kind && names(t, d.asks.whoID, mine) {
			out = append(out, int32(no))
		}
	}
	slices.Reverse(out)
	return out
}

// waiting counts those of some things that are not answered yet.
func (d *telling) waiting(p *proceedings.Proceeding, list []int32) (n int) {
	final := d.law.At(p.Changed).Kinds[d.asks.kind].Final
	for _, no := range list {
		if state := p.State.Things[no].State; int(state) >= len(final) || !final[state] {
			n++
		}
	}
	return n
}

// due are the running terms that are due to him or run for him, the earliest first.
func (d *telling) due(p *proceedings.Proceeding, mine, asked []int32) (out []*procedure.Deadline) {
	for i := range p.State.Deadlines {
		x := &p.State.Deadlines[i]
		if d.terms[x.Term] && x.Stopped == 0 && (x.Thing == 0 || slices.Contains(mine, x.Thing) || slices.Contains(asked, x.Thing)) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *procedure.Deadline) int { return cmp.Compare(a.Due, b.Due) })
	return out
}
