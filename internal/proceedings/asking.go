package proceedings

import (
	"context"

	"nazorat/internal/access"
	"nazorat/internal/calendar"
	"nazorat/internal/fault"
)

// This file asks the policies what is asked beside reading and acting: whether somebody
// may search, take something out, and sign. Each refusal is a fault with the names of the
// policies that forbid it, or none where no policy allows it. Whoever may not read a
// proceeding was told that there is none before any of it is asked.

// InForce gives the policies of today: those by which everything is decided now. A day begins at midnight
// by the calendar of the office's laws.
func (k *Reader) InForce() *access.Edition { return k.inForce(k.now()) }

// inForce gives the policies of the day of a moment.
func (k *Reader) inForce(at calendar.Moment) *access.Edition {
	if k.zone == nil {
		return k.policies.On(0) // without a law there is nothing to decide about
	}
	return k.policies.On(k.zone.Date(at))
}

// Zone is where the office's days begin; nil without a law.
func (k *Reader) Zone() *calendar.Zone { return k.zone }

// refused is why the actor may not do something; nil if he may.
func refused(d access.Decision, key string) *fault.Error {
	if d.Allowed {
		return nil
	}
	return &fault.Error{Kind: fault.Forbidden, Key: key, Article: d.Article(), Policies: d.IDs()}
}

// MaySearch reports why the actor may not look for a proceeding by its number, nil if he may.
func (k *Reader) MaySearch(who access.Actor) *fault.Error {
	return k.MaySearchIn(who, who.Office)
}

// MaySearchIn reports why the actor may not look for officers of an office, nil if he may.
func (k *Reader) MaySearchIn(who access.Actor, office string) *fault.Error {
	return refused(k.Decide(who, access.Search, access.Resource{Office: office}), "access.no_search")
}

// MayDownload reports why the actor may not take anything out of a proceeding that he is shown, as a file or on
// paper; nil if he may. What he is shown by an exception alone he never takes out.
func (k *Reader) MayDownload(who access.Actor, what access.Resource) *fault.Error {
	if !k.MayRead(who, what) {
		return refused(access.Decision{}, "access.no_download")
	}
	return refused(k.Decide(who, access.Download, what), "access.no_download")
}

// MayDownloadList reports why the actor may not take out lists of an office, nil if he may.
func (k *Reader) MayDownloadList(who access.Actor, office string) *fault.Error {
	return refused(k.Decide(who, access.Download, access.Resource{Office: office, Whole: true}), "access.no_list")
}

// MayTakeFigures reports why the actor may not take tables of figures of an office out as files, nil if he may.
func (k *Reader) MayTakeFigures(who access.Actor, office string) *fault.Error {
	return refused(k.Decide(who, access.TakeFigures, access.Resource{Office: office}), "access.no_figures")
}

// keySign is what is told to whoever may do acts, and not those that are signed.
const keySign = "access.no_signature"

// MaySign reports why the actor may not do those acts in a proceeding that its law wants him to be present for, nil if he may.
// It does not ask whether he may act there at all.
func (k *Reader) MaySign(ctx context.Context, who access.Actor, what access.Resource) (*fault.Error, error) {
	now := k.now()
	away, err := k.dir.OnLeave(ctx, who.Officer, now)
	if err != nil {
		return nil, err
	}
	return k.MaySignAt(now, who, away, what), nil
}

// MaySignAt is MaySign at a moment, for whoever knows whether the actor is on leave.
func (k *Reader) MaySignAt(at calendar.Moment, who access.Actor, away bool, what access.Resource) *fault.Error {
	subject := k.subjectAt(at, who)
	subject.OnLeave = away
	return refused(k.inForce(at).Decide(k.dir.Tree().Service(), subject, access.Sign, what), keySign)
}
