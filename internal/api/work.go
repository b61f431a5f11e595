package api

import (
	"nazorat/internal/api/wire"
	"net/http"

	"nazorat/internal/calendar"
	"nazorat/internal/desk"
	"nazorat/internal/fact"
	"nazorat/internal/picture"
	"nazorat/internal/proceedings"
	"nazorat/internal/web"
)

// What an officer's own pages have: what he owes, what has come to him because others did not do it, copies that the law ordered to him.

// owedJSON is a deadline in a list of those of many proceedings.
type owedJSON struct {
	Proceeding string `json:"proceeding" doc:"Its id."`
	Number     string `json:"number"`
	Title      string `json:"title"`
	deadlineJSON
}

// workJSON is a page of what is owed, the earliest end first.
type workJSON struct {
	Owed []owedJSON `json:"owed"`
	wire.Page
}

func (a *api) owed(t *web.Words, dl *proceedings.Deadline, names map[string]string) (owedJSON, bool) {
	law := a.docket.Law(dl.Law)
	if law == nil || picture.TermOf(law, dl) == nil {
		return owedJSON{}, false
	}
	return owedJSON{dl.Proceeding, dl.Number, t.Name(dl.Title), a.deadlineForm(t, law, dl, names)}, true
}

func (a *api) owedList(r *web.Request, list []proceedings.Deadline) ([]owedJSON, error) {
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].Officer
	}
	names, err := a.dir.Names(r.Context(), ids)
	if err != nil {
		return nil, err
	}
	out := []owedJSON{}
	for i := range list {
		if j, ok := a.owed(r.Words, &list[i], names); ok {
			out = append(out, j)
		}
	}
	return out, nil
}

func afterCursor(after proceedings.After) string {
	return wire.Cursor(int64(after.Due), after.Proceeding, after.No)
}

// work is what the officer owes, and what his role owes in his office.
func (a *api) work(w http.ResponseWriter, r *web.Request) error {
	c, err := wire.CursorOf(r, 3)
	if err != nil {
		return err
	}
	var after proceedings.After
	if c != nil {
		after = proceedings.After{Due: calendar.Moment(c.Whole(0)), Proceeding: c.Text(1), No: int32(c.Whole(2))}
		if err := c.Bad(); err != nil {
			return err
		}
	}
	list, more, err := desk.Work(r.Context(), a.docket.Reader, r.Actor(), after, wire.MostListed)
	if err != nil {
		return err
	}
	if err := r.LookedAtList("", len(list)); err != nil {
		return err
	}
	j := workJSON{}
	if more {
		last := &list[len(list)-1]
		j.Next = afterCursor(proceedings.After{Due: last.Due, Proceeding: last.Proceeding, No: last.No})
	}
	if j.Owed, err = a.owedList(r, list); err != nil {
		return err
	}
	return wire.Write(w, r, j)
}

// escalatedJSON is a deadline that was not met, and whose steps have come to the officer's role.
type escalatedJSON struct {
	owedJSON
	Since   string `json:"since" is:"date-time" doc:"When it came to the role."`
	Step    int    `json:"step" doc:"Which of its steps that was, from 1."`
	Steps   int    `json:"steps"`
	Matter  bool   `json:"matter" doc:"The matter itself went to the role; else the role is told of it."`
	Release bool   `json:"release" doc:"A person must be set free."`
}

// escalationsJSON is a page of what was escalated: releases first, then the longest overdue.
type escalationsJSON struct {
	Escalated []escalatedJSON `json:"escalated"`
	wire.Page
}

func (a *api) escalated(w http.ResponseWriter, r *web.Request) error {
	c, err := wire.CursorOf(r, 4)
	if err != nil {
		return err
	}
	var after proceedings.EscalatedAfter
	if c != nil {
		after = proceedings.EscalatedAfter{Others: c.Whole(0) != 0, After: proceedings.After{Due: calendar.Moment(c.Whole(1)), Proceeding: c.Text(2), No: int32(c.Whole(3))}}
		if err := c.Bad(); err != nil {
			return err
		}
	}
	list, next, more, err := a.docket.Escalated(r.Context(), r.Actor(), after, a.docket.Now(), wire.MostListed)
	if err != nil {
		return err
	}
	if err := r.LookedAtList("", len(list)); err != nil {
		return err
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].Officer
	}
	names, err := a.dir.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	j := escalationsJSON{Escalated: []escalatedJSON{}}
	for i := range list {
		e := &list[i]
		if o, ok := a.owed(r.Words, &e.Deadline, names); ok {
			j.Escalated = append(j.Escalated, escalatedJSON{o, wire.Moment(a.docket.Zone(), e.Since), e.Step + 1, e.Steps, e.Matter, e.Release})
		}
	}
	if more {
		others := 0
		if next.Others {
			others = 1
		}
		j.Next = wire.Cursor(others, int64(next.Due), next.Proceeding, next.No)
	}
	return wire.Write(w, r, j)
}

// copyJSON is a copy that the law ordered to the officer's role.
type copyJSON struct {
	At         string       `json:"at" is:"date-time"`
	Number     string       `json:"number" doc:"Of the proceeding."`
	Title      string       `json:"title"`
	Proceeding string       `json:"proceeding,omitempty" doc:"Its id; left out where it has gone where whoever asks may not follow."`
	Seq        int64        `json:"seq"`
	Law        string       `json:"law"`
	Act        *wire.Named  `json:"act,omitempty"`
	By         *officerJSON `json:"by,omitempty"`
	New        bool         `json:"new" doc:"Nobody of the role has taken note of it yet."`
	Hidden     *hiddenJSON  `json:"hidden,omitempty"`
}

// copiesJSON is a page of copies, the newest first.
type copiesJSON struct {
	Copies []copyJSON `json:"copies"`
	wire.Page
}

func (a *api) copies(w http.ResponseWriter, r *web.Request) error {
	c, err := wire.CursorOf(r, 3)
	if err != nil {
		return err
	}
	var after proceedings.CopiesAfter
	if c != nil {
		after = proceedings.CopiesAfter{At: calendar.Moment(c.Whole(0)), Proceeding: c.Text(1), Seq: c.Whole(2)}
		if err := c.Bad(); err != nil {
			return err
		}
	}
	list, err := a.docket.Copies(r.Context(), r.Actor(), after, wire.MostListed+1)
	if err != nil {
		return err
	}
	if err := r.LookedAtList("", min(len(list), wire.MostListed)); err != nil {
		return err
	}
	j := copiesJSON{Copies: []copyJSON{}}
	if len(list) > wire.MostListed {
		list = list[:wire.MostListed]
		last := &list[len(list)-1]
		j.Next = wire.Cursor(int64(last.At), last.Proceeding, last.Seq)
	}
	ids := make([]string, len(list))
	for i := range list {
		ids[i] = list[i].Officer
	}
	names, err := a.dir.Names(r.Context(), ids)
	if err != nil {
		return err
	}
	t := r.Words
	for i := range list {
		x := &list[i]
		lb := t.Law(x.Law)
		v := copyJSON{At: wire.Moment(a.docket.Zone(), x.At), Number: x.Number, Title: t.Name(x.Title), Seq: x.Seq, Law: x.Law, New: x.New}
		if x.Readable {
			v.Proceeding = x.Proceeding
		}
		if x.Hidden != nil {
			v.Hidden = &hidden(r, []proceedings.Hidden{*x.Hidden})[0]
		} else {
			v.Act, v.By = &wire.Named{Name: x.Act, Label: lb.Act(x.Act)}, &officerJSON{ID: x.Officer, Name: t.Name(names[x.Officer]), Role: &wire.Named{Name: x.Role, Label: lb.Role(x.Role)}, Office: x.Office}
		}
		j.Copies = append(j.Copies, v)
	}
	return wire.Write(w, r, j)
}

// notedJSON says up to which copy note was taken, for all of the role at the office.
type notedJSON struct {
	By string `json:"by" is:"date-time" doc:"The moment of the newest copy of which note is taken, as the list has it."`
}

func (a *api) noteCopies(w http.ResponseWriter, r *web.Request) error {
	body, err := wire.ReadObject(r)
	if err != nil {
		return wire.Unread(w, r, err)
	}
	t := wire.Take(body)
	text := t.Text("by", true)
	var by calendar.Moment
	if text != "" {
		if by, err = a.docket.Zone().ParseMoment(text); err != nil || !momentForm.MatchString(text) || by <= 0 {
			t.Bad("by", fact.NotMoment)
		}
	}
	t.Rest()
	if f := t.Fault(); f != nil {
		return f
	}
	if err := a.docket.NoteCopies(r.Context(), r.Actor(), by); err != nil {
		return err
	}
	return wire.Write(w, r, notedJSON{wire.Moment(a.docket.Zone(), by)})
}
