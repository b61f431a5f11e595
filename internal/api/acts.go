package api

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"nazorat/internal/api/systems"
	"nazorat/internal/api/wire"
	"net/http"
	"regexp"
	"slices"
	"strconv"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/docket"
	"nazorat/internal/fact"
	"nazorat/internal/fault"
	"nazorat/internal/openapi"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// Acts over the API. They are decided where all acts are, by the docket: the law, the policies and the proof of presence are
// asked there. What is here is how they are sent: what a program writes has one form (openapi.Fits), the key of a sending makes it one act
// however often it comes, and whoever sends it is an officer in his session, or a system that names one.

// keyHeader is the header with the key of a sending, the same for each time that it is sent.
const keyHeader = "Idempotency-Key"

var goodKey = regexp.MustCompile(`^[A-Za-z0-9_-]{16,64}$`)

// submission is what the docket knows a sending by. Keys of different senders never meet, whatever they are.
func submission(who access.Actor, key string) string {
	sum := sha256.Sum256([]byte("api\x00" + who.Client + "\x00" + who.Officer + "\x00" + key))
	return "api-" + base64.RawURLEncoding.EncodeToString(sum[:])
}

// sentAct is an act as it was sent, before any law was asked.
type sentAct struct {
	key     string
	version int64
	thing   int32
	done    string
	by      *byJSON
	form    map[string]string
	wrong   map[string]fault.Error // by member; what it says of the form is said with "form." before it
}

// byJSON is in whose name a system acts.
type byJSON struct {
	Officer string `json:"officer"`
	Role    string `json:"role"`
}

// mostVersion is the greatest whole number that every program reads as it is.
const mostVersion = 1<<53 - 1

// readAct reads what was sent.
func readAct(r *web.Request) (*sentAct, error) {
	body, err := wire.ReadObject(r)
	if err != nil {
		return nil, err
	}
	t := wire.Take(body)
	s := &sentAct{key: r.Header.Get(keyHeader), form: map[string]string{}, wrong: t.Wrong}
	if !goodKey.MatchString(s.key) {
		t.Bad(keyHeader, "api.field.key")
	}
	s.version = t.Whole("version", false, 1, mostVersion)
	s.thing = int32(t.Whole("thing", false, 1, 1<<31-1))
	if s.done = t.Text("done", false); s.done != "" && !momentForm.MatchString(s.done) {
		t.Bad("done", fact.NotMoment)
	}
	if by := t.Object("by", false); by != nil {
		b := wire.Take(by)
		b.In, b.Wrong = "by.", t.Wrong
		s.by = &byJSON{Officer: b.Text("officer", true), Role: b.Text("role", true)}
		b.Rest()
	}
	form := wire.Take(t.Object("form", false))
	form.In, form.Wrong = "form.", t.Wrong
	for _, name := range slices.Collect(maps.Keys(form.Of)) {
		if text := form.Text(name, false); text != "" {
			s.form[name] = text
		}
	}
	t.Rest()
	return s, nil
}

var momentForm = regexp.MustCompile(openapi.MomentForm)

// acting is an act on its way to the docket.
type acting struct {
	*sentAct
	law     *procedure.Law
	edition *procedure.Edition
	rule    *procedure.ActRule
	p       *proceedings.Proceeding // nil for one that opens
	done    calendar.Moment
	who     access.Actor
	own     bool // what is wrong with it was found here, and is named as it was sent
}

// act does an act in a proceeding.
func (a *api) act(w http.ResponseWriter, r *web.Request) error {
	s, err := readAct(r)
	if err != nil {
		return wire.Unread(w, r, err)
	}
	who, err := a.sender(r, s)
	if err != nil {
		return err
	}
	x := &acting{sentAct: s, who: who}
	if x.p, err = a.unlooked(r, r.PathValue("id")); fault.Is(err, fault.NotFound) {
		return a.goneOrNone(w, r, x, err)
	} else if err != nil {
		return err
	}
	x.law = x.p.Law
	if err := a.ruleOf(x, r.PathValue("act"), false); err != nil {
		return err
	}
	if err := a.lookedToAct(r, x.p, x.thing, x.who); err != nil {
		return err
	}
	return a.do(w, r, x)
}

// open does an act that opens a proceeding.
func (a *api) open(w http.ResponseWriter, r *web.Request) error {
	s, err := readAct(r)
	if err != nil {
		return wire.Unread(w, r, err)
	}
	law := a.docket.Law(r.PathValue("country") + "/" + r.PathValue("procedure"))
	if law == nil {
		return fault.New(fault.NotFound, "law.none", nil)
	}
	who, err := a.sender(r, s)
	if err != nil {
		return err
	}
	x := &acting{sentAct: s, law: law, who: who}
	if err := a.ruleOf(x, r.PathValue("act"), true); err != nil {
		return err
	}
	return a.do(w, r, x)
}

// sender is who does what was sent: the officer of the session, or the one whom a system names. Whether the
// system may act for him is asked once it is known what he does.
func (a *api) sender(r *web.Request, s *sentAct) (access.Actor, error) {
	c := systems.Of(r)
	switch {
	case c == nil && s.by != nil:
		s.wrong["by"] = fault.Error{Kind: fault.Invalid, Key: "api.field.by_officer"}
		return r.Actor(), nil
	case c == nil:
		return r.Actor(), nil
	case s.by == nil:
		s.wrong["by"] = fault.Error{Kind: fault.Invalid, Key: procedure.FieldMissing}
		return access.Actor{Client: c.ID}, nil
	}
	list, err := a.dir.Mandates(r.Context(), s.by.Officer, a.docket.Now())
	if err != nil {
		return access.Actor{}, err
	}
	who := access.Actor{Client: c.ID}
	for i := range list {
		m := &list[i]
		// His own mandate goes before one that he has from others.
		if m.Office != c.Office || m.Role != s.by.Role || who.Mandate != "" && m.InsteadOf != "" {
			continue
		}
		who = access.Actor{Officer: s.by.Officer, Role: m.Role, Office: m.Office, Mandate: m.ID, For: m.For(), Manner: m.Manner, Client: c.ID}
	}
	if who.Mandate == "" {
		return who, fault.New(fault.Forbidden, "api.no_mandate", nil)
	}
	return who, nil
}

// ruleOf finds the rule of an act, in the edition that governs when it was done.
func (a *api) ruleOf(x *acting, name string, opens bool) error {
	at := a.docket.Now()
	if x.sentAct.done != "" && momentForm.MatchString(x.sentAct.done) {
		// Moment 0 means "now" to the docket; nobody means it who writes it.
		m, err := x.law.Editions[0].Days.Zone().ParseMoment(x.sentAct.done)
		if err != nil || m == 0 {
			x.wrong["done"] = fault.Error{Kind: fault.Invalid, Key: fact.NotMoment}
		} else {
			x.done, at = m, m
		}
	}
	x.edition = x.law.At(at)
	if x.rule = x.edition.Act(name); x.rule == nil && x.done != 0 {
		x.rule = x.law.At(a.docket.Now()).Act(name) // that the edition of that day lacks it, the docket says
	}
	if x.rule == nil || x.rule.Opens != opens || x.rule.OnlyByLink {
		return fault.New(fault.NotFound, "api.no_act", nil)
	}
	return nil
}

// check holds what was sent against the form of the act. What the law says beyond it the docket asks.
func (x *acting) check() *fault.Error {
	missing := fault.Error{Kind: fault.Invalid, Key: procedure.FieldMissing}
	unknown := fault.Error{Kind: fault.Invalid, Key: procedure.FieldUnknown}
	switch {
	case !x.rule.Opens && x.version == 0 && x.wrong["version"].Key == "":
		x.wrong["version"] = missing
	case x.rule.Opens && x.version != 0:
		x.wrong["version"] = unknown
	}
	switch {
	case openapi.OnThing(x.rule) && x.thing == 0 && x.wrong["thing"].Key == "":
		x.wrong["thing"] = missing
	case !openapi.OnThing(x.rule) && x.thing != 0:
		x.wrong["thing"] = unknown
	}
	for name, text := range x.form {
		if f := x.rule.Field(name); f != nil {
			if key := openapi.Fits(f, text); key != "" {
				x.wrong["form."+name] = fault.Error{Kind: fault.Invalid, Key: key}
			} else if f.Type == fact.Thing && x.hides(text) {
				x.wrong["form."+name] = fault.Error{Kind: fault.Invalid, Key: procedure.FieldNoThing} // it is not there for him
			}
		}
	}
	_, bad := x.edition.ReadForm(x.rule, x.form)
	for name, key := range bad {
		if x.wrong["form."+name].Key == "" {
			x.wrong["form."+name] = fault.Error{Kind: fault.Invalid, Key: key}
		}
	}
	if len(x.wrong) == 0 {
		return nil
	}
	for _, f := range x.rule.Form { // so that all is said at once
		if f != nil && !f.Optional && f.NeededIf == nil && x.form[f.Name] == "" && x.wrong["form."+f.Name].Key == "" {
			x.wrong["form."+f.Name] = missing
		}
	}
	return &fault.Error{Kind: fault.Invalid, Key: "refusal.bad_form", Article: x.rule.Article, Fields: x.wrong}
}

// hides reports whether a form names a thing that is hidden from whoever asks.
func (x *acting) hides(number string) bool {
	n, err := strconv.ParseInt(number, 10, 32)
	return err == nil && x.p != nil && x.p.Hides(int32(n)) != nil
}

// do sends the act to the docket.
func (a *api) do(w http.ResponseWriter, r *web.Request, x *acting) error {
	if f := x.check(); f != nil {
		x.own = true
		return a.refuse(w, r, x, f)
	}
	c := docket.Command{Law: x.law.Name, Act: x.rule.Name, Version: x.version, Thing: x.thing, Form: x.form, Done: x.done, Submission: submission(x.who, x.key), Actor: x.who}
	if x.p != nil {
		c.Proceeding = x.p.ID
		if h := x.p.Hides(x.thing); h != nil {
			return h.Fault()
		}
	}
	if s := systems.Of(r); s != nil {
		c.Through = s.Subject()
	}
	receipt, err := a.docket.Act(r.Context(), c)
	if err != nil {
		return a.refuse(w, r, x, err)
	}
	return a.done(w, r, x.who, receipt)
}

// goneOrNone answers an act in a proceeding that is not there for whoever sends it: with what he did in it before, where this is the same
// form sent again and it gave the proceeding away; else in the words of what is not there.
func (a *api) goneOrNone(w http.ResponseWriter, r *web.Request, x *acting, none error) error {
	receipt, err := a.docket.Repeated(r.Context(), docket.Command{Proceeding: r.PathValue("id"), Act: r.PathValue("act"), Thing: x.thing, Form: x.form, Submission: submission(x.who, x.key), Actor: x.who})
	if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Conflict) {
		return err
	}
	if receipt == nil || err != nil || len(x.wrong) > 0 {
		return none
	}
	return a.done(w, r, x.who, receipt)
}

// doneJSON is what became of an act.
type doneJSON struct {
	Proceeding string       `json:"proceeding" doc:"Its id."`
	Number     string       `json:"number" doc:"The number of the proceeding."`
	Version    int64        `json:"version" doc:"The version of the proceeding after it, for the next act."`
	Seq        int64        `json:"seq" doc:"The number of the entry in the proceeding."`
	Leaf       int64        `json:"leaf" doc:"The number of the leaf in the journal of the office."`
	Hash       string       `json:"hash" doc:"What the leaf commits to, in hexadecimal."`
	Recorded   string       `json:"recorded" is:"date-time"`
	Repeated   bool         `json:"repeated" doc:"The form had been sent before with this key: this is what it did then."`
	Entry      *entryJSON   `json:"entry,omitempty" doc:"The entry with what followed from it. Left out where the act gave the proceeding to somebody else, so that whoever sent it sees it no more."`
	Linked     []linkedJSON `json:"linked" doc:"What was done along with it in other proceedings."`
	Receipt    string       `json:"receipt" doc:"Where its receipt is."`
}

// linkedJSON is an act that was done along with another, or along with which another was done.
type linkedJSON struct {
	Law        string      `json:"law,omitempty"`
	Act        *wire.Named `json:"act,omitempty"`
	Out        bool        `json:"out" doc:"This proceeding did it there; else that one did it here."`
	Seq        int64       `json:"seq" doc:"Of the entry here."`
	Proceeding string      `json:"proceeding,omitempty" doc:"The other one; left out where whoever asks may not read it."`
	Number     string      `json:"number,omitempty"`
	Entry      int64       `json:"entry,omitempty" doc:"Of the entry there."`
	Hidden     bool        `json:"hidden,omitempty" doc:"The sheet there is hidden from whoever asks."`
}

// done answers with the receipt. The act is on disk by then: whatever of it cannot be told is left out, and the answer stays what it is.
func (a *api) done(w http.ResponseWriter, r *web.Request, who access.Actor, receipt *docket.Receipt) error {
	zone := a.docket.Zone()
	j := doneJSON{Proceeding: receipt.Proceeding, Number: receipt.Number, Version: receipt.Seq, Seq: receipt.Seq, Leaf: receipt.Leaf, Hash: receipt.Hash.String(), Recorded: wire.Moment(zone, receipt.Recorded),
		Repeated: receipt.Repeated, Linked: []linkedJSON{}, Receipt: entryHref(receipt.Proceeding, receipt.Seq) + "/receipt"}
	if p, err := a.unlooked(r, receipt.Proceeding); err == nil {
		j.Version = p.Version
		if entries, err := a.docket.History(r.Context(), p, receipt.Seq+1, 1); err == nil && len(entries) == 1 {
			if list, err := a.entries(r, p, entries); err == nil {
				j.Entry = &list[0]
			}
		}
		if systems.Of(r) == nil {
			if links, err := a.docket.Links(r.Context(), who, p, mostLinks); err == nil {
				j.Linked = linksOf(r.Words, slices.DeleteFunc(links, func(l proceedings.Link) bool { return l.Seq != receipt.Seq || !l.Out }))
			}
		}
	}
	w.Header().Set("Location", entryHref(receipt.Proceeding, receipt.Seq))
	status := http.StatusCreated
	if receipt.Repeated {
		status = http.StatusOK
	}
	return wire.WriteAs(w, r, "application/json", status, j)
}

// unlooked is a proceeding for whoever asks; that it was looked at is still to be recorded, where anything of it is told.
func (a *api) unlooked(r *web.Request, id string) (*proceedings.Proceeding, error) {
	if c := systems.Of(r); c != nil {
		return a.docket.ProceedingFor(r.Context(), c.Subject(), id)
	}
	return a.docket.Proceeding(r.Context(), r.Actor(), id)
}
