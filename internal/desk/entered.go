package desk

import (
	"nazorat/internal/calendar"
	"nazorat/internal/fact"
	"nazorat/internal/procedure"
	"nazorat/internal/stored"
	"nazorat/internal/web"
)

// officersIn are the officers whom effects name.
func officersIn(effects []stored.Effect) (ids []string) {
	for i := range effects {
		f := &effects[i]
		if f.Value != nil && f.Value[0] == fact.Officer.String() {
			ids = append(ids, f.Value[1])
		}
		if f.Record == nil {
			continue
		}
		for _, v := range f.Record.Values {
			if v[0] == fact.Officer.String() {
				ids = append(ids, v[1])
			}
		}
	}
	return ids
}

// entered says in a sentence what the directory of the service has from an act on.
func (d *Desk) entered(t *web.Words, r *stored.Record, names map[string]string) string {
	if r == nil {
		return ""
	}
	text := func(slot string) string { return r.Values[slot][1] }
	office := func(slot string) string {
		if o := d.dir.Tree().Office(text(slot)); o != nil {
			return t.Office(o)
		}
		return text(slot)
	}
	args := []any{"role", t.Role(text("role")), "office", office("office"), "competent", office("competent"), "parent", office("parent"), "name", t.Name(names[text("officer")]), "called", t.Name(text("name_uz")), "document", text("document"), "basis", text("basis")}
	key := "effect." + r.Does
	switch r.Does {
	case procedure.GiveMandate, procedure.NoteLeave, procedure.HandOver:
		if text("officer") != "" {
			key += "_to"
		}
	}
	for _, slot := range []string{"from", "to"} {
		v, err := fact.Decode(r.Values[slot])
		if err != nil || !v.Given() {
			args = append(args, slot, t.T("effect.no_end"))
			continue
		}
		day := d.zone.Date(calendar.Moment(v.Num))
		if slot == "to" {
			day-- // what is stored is the first moment after it
		}
		args = append(args, slot, t.Date(day))
	}
	return t.T(key, args...)
}
