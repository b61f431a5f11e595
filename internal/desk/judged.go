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

// Judged is what the law says of every act, and why the policies do not let the officer do what the law allows.
type Judged struct {
	List     []procedure.Verdict
	outside  *fault.Error // his mandate does not reach the proceeding; nil where it does
	unsigned *fault.Error // he may not do the acts that are signed; nil where he may, or there is none that is open to him
}

// Judge asks the law of every act in a proceeding that was read for the officer whether he may do it now, and the policies. The API asks the same.
func Judge(ctx context.Context, k *proceedings.Reader, p *proceedings.Proceeding, who access.Actor, now calendar.Moment) (j Judged, err error) {
	return JudgeOf(ctx, k, p, who, now, func(*procedure.ActRule, int32) bool { return true })
}

// JudgeOf is Judge of some acts on some things alone.
func JudgeOf(ctx context.Context, k *proceedings.Reader, p *proceedings.Proceeding, who access.Actor, now calendar.Moment, of func(r *procedure.ActRule, thing int32) bool) (j Judged, err error) {
	j.outside = k.MayAct(who, p.Resource())
	j.List = p.VerdictsOf(p.Law.At(now), procedure.Act{Done: now, Recorded: now, Officer: who.Officer, Role: who.Role, Office: who.Office, For: who.For}, of)
	signed := func(v procedure.Verdict) bool { return v.Refusal == nil && v.Rule.Presence }
	if j.outside == nil && slices.ContainsFunc(j.List, signed) {
		j.unsigned, err = k.MaySign(ctx, who, p.Resource())
	}
	return j, err
}

// Against is why the policies do not let the officer do an act that the law allows; nil where they do.
func (j *Judged) Against(v *procedure.Verdict) *fault.Error {
	if j.outside == nil && v.Rule.Presence {
		return j.unsigned
	}
	return j.outside
}

// open are the verdicts on acts that nothing stands against but, maybe, the law itself; none where the mandate does not reach the proceeding.
func (j *Judged) open() []procedure.Verdict {
	return slices.DeleteFunc(slices.Clone(j.List), func(v procedure.Verdict) bool { return j.Against(&v) != nil })
}
