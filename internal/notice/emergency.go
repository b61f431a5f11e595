package notice

import (
	"context"
	"slices"
	"strings"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/directory"
	"nazorat/internal/emergency"
)

// ofEmergency begins the sources of notices about emergencies.
const ofEmergency = "x/"

// Emergency is the id of the emergency that a notice tells of; "" where it tells of none.
func (n *Notice) Emergency() string {
	id, is := strings.CutPrefix(n.Source, ofEmergency)
	if !is {
		return ""
	}
	return id
}

// opened are the notices of what was opened in an emergency by some leaves of the journal: to those who answer for it, as the policies say. Of the
// officer's superiors the nearest are told, in his office or above it, wherever there is one first.
func (k *Keeper) opened(ctx context.Context, tx *db.Tx, from, to int64, now calendar.Moment) ([]told, error) {
	list, err := emergency.Opened(tx, from, to)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	var offices []string
	for _, e := range list {
		offices = append(append(offices, k.above(e.Office)...), e.Supervisor)
	}
	slices.Sort(offices)
	mandates, err := k.dir.All(ctx, slices.Compact(offices), now)
	if err != nil {
		return nil, err
	}
	var out []told
	for _, e := range list {
		d := &draft{proceeding: e.Proceeding, source: ofEmergency + e.ID, urgent: Pressed, at: e.At, law: e.Law, actor: e.Officer, step: noStep}
		var knows []string
		for who := range k.answerers(e, mandates, now) {
			if !slices.Contains(knows, who.Officer) {
				knows = append(knows, who.Officer)
				out = append(out, told{d, who, Emergency})
			}
		}
	}
	return out, nil
}

// above is an office and those above it, the nearest first.
func (k *Keeper) above(office string) (out []string) {
	tree := k.dir.Tree()
	for o := tree.Office(office); o != nil && !slices.Contains(out, o.ID); o = tree.Office(o.Parent) {
		out = append(out, o.ID)
	}
	return out
}

// answerers gives, of the mandates in force, those of the nearest superiors and those for the supervising office.
func (k *Keeper) answerers(e *emergency.Emergency, mandates []directory.Held, now calendar.Moment) func(func(access.Actor) bool) {
	answers := func(office string, side emergency.Side) (out []access.Actor) {
		for i := range mandates {
			m := &mandates[i].Mandate
			if m.Office != office || m.From > now {
				continue
			}
			if who := actor(m); slices.Contains(k.glass.Sides(who, e), side) {
				out = append(out, who)
			}
		}
		return out
	}
	var all []access.Actor
	for _, office := range k.above(e.Office) {
		if all = answers(office, emergency.Superior); len(all) > 0 {
			break
		}
	}
	return slices.Values(append(all, answers(e.Supervisor, emergency.Supervisor)...))
}

// mayAnswer says of notices about emergencies which their reader may see; it gives them the number that was asked for.
func (k *Keeper) mayAnswer(ctx context.Context, who access.Actor, list []Notice) (map[string]*emergency.Emergency, error) {
	var ids []string
	for i := range list {
		if id := list[i].Emergency(); id != "" {
			ids = append(ids, id)
		}
	}
	return k.glass.Answerable(ctx, who, ids)
}
