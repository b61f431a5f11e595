package desk

import (
	"context"
	"math"

	"nazorat/internal/directory"
	"nazorat/internal/explain"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/stored"
)

// Bounds on how far back the journal is searched for what happened to one deadline.
const (
	storyPage  = 500
	storyPages = 20
)

// Story gives all that is known of a deadline of a proceeding that the caller
// has read: its explanation by the law, and what the journal tells of it, with
// the names of the officers concerned. What lies further back than the newest
// 10,000 entries is missing, and so is what the caller does not see. The API tells the same story.
func Story(ctx context.Context, k *proceedings.Reader, dir *directory.Directory, p *proceedings.Proceeding, dl *proceedings.Deadline) (x procedure.Explanation, s explain.Story, err error) {
	decoded, err := stored.DecodeDeadline(p.Law, dl.Basis)
	if err != nil {
		return x, s, err
	}
	x = p.Law.Explain(decoded)
	var entries []*journal.Entry
	before := int64(math.MaxInt64)
	for page := 0; page < storyPages && s.Began == nil; page++ {
		list, err := k.History(ctx, p, before, storyPage)
		if err != nil {
			return x, s, err
		}
		for i := range list {
			before = list[i].Seq
			if list[i].Hidden == nil { // what is hidden tells nothing: the story does without, as where the journal does not reach
				entries = append(entries, &list[i].Entry)
			}
		}
		s = explain.StoryOf(p.Law, dl.No, entries)
		if len(list) < storyPage {
			break
		}
	}
	s.Over, s.At, s.Officer = endings[dl.Status], dl.Closed, dl.Officer
	if x.Before != nil || x.After != nil {
		all, _, err := k.Deadlines(ctx, p)
		if err != nil {
			return x, s, err
		}
		s.Parent = hangsOn(p.Law, &x, all)
	}
	s.Names, err = dir.Names(ctx, s.Officers())
	return x, s, err
}

// hangsOn finds the deadline on whose end one hangs. Nothing hangs on one whose term the law has no more.
func hangsOn(law *procedure.Law, x *procedure.Explanation, all []proceedings.Deadline) *procedure.Deadline {
	among := make([]procedure.Deadline, 0, len(all))
	for i := range all {
		if d, err := stored.DecodeDeadline(law, all[i].Basis); err == nil {
			among = append(among, d)
		}
	}
	return explain.HangsOn(x, among)
}

// endings says how a deadline with a stored status came to its end; one that runs or stands still is open.
var endings = map[string]explain.Ending{stored.Met: explain.Met, stored.Late: explain.Late, stored.Ended: explain.Fell}
