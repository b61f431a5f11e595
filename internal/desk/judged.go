package desk

import (
	"context"
	"slices"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fault"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
)

// judged is what the law says of every act, and why the policies do not let the officer do what the law allows.
type judged struct {
	list     []procedure.Verdict
	outside  *fault.Error // his mandate does not reach the proceeding; nil where it does
	unsigned *fault.Error // he may not do the acts that are signed; nil where he may, or there is none that is open to him
}

// judge asks the law of every act whether the officer may do it now, and the policies.
func (d *Desk) judge(ctx context.Context, p *proceedings.Proceeding, who access.Actor, now calendar.Moment) (j judged, err error) {
	j.outside = d.docket.MayAct(who, p.Resource())
	j.list = p.Verdicts(p.Law.At(now), procedure.Act{Done: now, Recorded: now, Officer: who.Officer, Role: who.Role, Office: who.Office, For: who.For})
	signed := func(v procedure.Verdict) bool { return v.Refusal == nil && v.Rule.Presence }
	if j.outside == nil && slices.ContainsFunc(j.list, signed) {
		j.unsigned, err = d.docket.MaySign(ctx, who, p.Resource())
	}
	return j, err
}

// against is why the policies do not let the officer do an act that the law allows; nil where they do.
func (j *judged) against(v *procedure.Verdict) *fault.Error {
	if j.outside == nil && v.Rule.Presence {
		return j.unsigned
	}
	return j.outside
}

// open are the verdicts on acts that nothing stands against but, maybe, the law itself; none where the mandate does not reach the proceeding.
func (j *judged) open() []procedure.Verdict {
	return slices.DeleteFunc(slices.Clone(j.list), func(v procedure.Verdict) bool { return j.against(&v) != nil })
}
