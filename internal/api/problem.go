package api

import (
	"context"
	"maps"
	"nazorat/internal/api/wire"
	"net/http"
	"slices"
	"strings"

	"nazorat/internal/fault"
	"nazorat/internal/signin"
	"nazorat/internal/web"
)

// problemJSON is what is answered where something went wrong, with what acts have beyond it.
type problemJSON struct {
	wire.Problem
	Changed *changedJSON `json:"changed,omitempty" doc:"What came between."`
}

// changedJSON is what came between what was seen and what was sent, as far as whoever sent it sees it.
type changedJSON struct {
	Version int64       `json:"version" doc:"The version of the proceeding now."`
	Entries []entryJSON `json:"entries" doc:"The first of those that came between, the oldest first."`
}

// tell answers with what went wrong.
func tell(w http.ResponseWriter, r *web.Request, f *fault.Error) {
	key := f.Key
	if f.Kind == fault.Internal || key == "" {
		key = "fault.internal"
	}
	x, _ := r.Context().Value(actingKey{}).(*refusedAct)
	p := problemJSON{Problem: wire.Problem{Type: key, Status: web.Status(f), Title: r.Words.T("fault.title." + f.Kind.String()), Article: f.Article, Policies: f.Policies}}
	if x == nil {
		p.Detail, p.Fields = r.Told(nil, f), fieldsOf(r, nil, f)
	} else {
		p.Detail, p.Fields, p.Changed = r.Told(x.law, f), fieldsOf(r, x.acting, f), x.changed
	}
	if f.Key == signin.PresenceRequired {
		p.Detail += " " + r.Words.T("api.presence_how")
	}
	p.About(r)
	_ = wire.WriteAs(w, r, wire.ProblemMedia, p.Status, p) // nobody is left to be told
}

// actingKey is under what a request's context holds the act that was refused.
type actingKey struct{}

type refusedAct struct {
	*acting
	changed *changedJSON
}

// refuse answers an act that was not done, with the words of its law. Where another act came between, it says which.
func (a *api) refuse(_ http.ResponseWriter, r *web.Request, x *acting, err error) error {
	about := &refusedAct{acting: x}
	f := fault.Of(err)
	if f.Kind == fault.Conflict && x.p != nil && x.version > 0 {
		about.changed = a.changed(r, x)
	}
	r.Request = r.WithContext(context.WithValue(r.Context(), actingKey{}, about))
	return err
}

// mostChanged is how many of the acts that came between are told.
const mostChanged = 20

// changed is what came between; nil where whoever asks may not see it any more.
func (a *api) changed(r *web.Request, x *acting) *changedJSON {
	p, err := a.unlooked(r, x.p.ID)
	if err != nil {
		return nil // it was handed away: there is nothing that he may be told
	}
	list, err := a.docket.Entries(r.Context(), p, x.version, mostChanged)
	if err != nil {
		return nil
	}
	j := &changedJSON{Version: p.Version}
	if j.Entries, err = a.entries(r, p, list); err != nil {
		return nil
	}
	return j
}

// fieldsOf names what is wrong with what was sent. x is the act that it was sent for, if it is one.
func fieldsOf(r *web.Request, x *acting, f *fault.Error) (out []wire.FieldProblem) {
	if len(f.Fields) == 0 {
		return nil
	}
	add := func(field, name string) {
		e := f.Fields[name]
		v := wire.FieldProblem{Field: field, Key: e.Key, Detail: r.Words.Fault(nil, &e), Article: e.Article}
		if law, has := strings.CutPrefix(field, "form."); has && x != nil && x.rule.Field(law) != nil {
			v.Label = r.Words.Law(x.law.Name).Field(x.rule.Name, law)
			if v.Article = x.rule.Field(law).Article; v.Article == "" {
				v.Article = x.rule.Article
			}
		}
		out = append(out, v)
	}
	names := slices.Sorted(maps.Keys(f.Fields))
	told := map[string]bool{}
	if x != nil && x.rule != nil {
		for _, fld := range x.rule.Form {
			if fld == nil {
				continue
			}
			for _, name := range []string{"form." + fld.Name, fld.Name} { // as it is written here, and as the docket says it
				if _, bad := f.Fields[name]; bad && !told[name] {
					told[name] = true
					add("form."+fld.Name, name)
				}
			}
		}
	}
	for _, name := range names {
		if told[name] {
			continue
		}
		field := name
		if x != nil && !x.own && !member(name) {
			field = "form." + name // the docket speaks of fields of the form alone
		}
		add(field, name)
	}
	return out
}

// member reports whether a name is one of an act that is sent, and not of its form.
func member(name string) bool {
	return slices.Contains([]string{"version", "thing", "done", "by", "form"}, name)
}
