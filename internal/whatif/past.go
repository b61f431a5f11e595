package whatif

import (
	"context"
	"sync/atomic"

	"nazorat/internal/access"
	"nazorat/internal/amend"
	"nazorat/internal/calendar"
	"nazorat/internal/proceedings"
)

// OverPast tries a draft on the proceedings of an office: on those that who
// may read, or where who is nil on all, for a user who holds the database.
// told, unless nil, is told now and then how many were tried, by several goroutines.
func OverPast(ctx context.Context, k *proceedings.Reader, who *access.Actor, d *amend.Draft, from calendar.Date, told func(tried int)) (*amend.Report, error) {
	trial := amend.NewTrial(d, from, k.Now())
	var lanes []*amend.Lane
	var tried atomic.Int64
	read := func() func(*proceedings.PastProceeding) error {
		lane := trial.Lane()
		lanes = append(lanes, lane)
		var p amend.Past
		return func(from *proceedings.PastProceeding) error {
			p.Number, p.Office, p.Acts = from.Number, from.Office, p.Acts[:0]
			for i := range from.Acts {
				a := &from.Acts[i]
				p.Acts = append(p.Acts, amend.PastAct{Act: a.Act, Edition: d.Law.Edition(a.Edition)})
			}
			lane.Try(&p)
			if n := tried.Add(1); told != nil && n%100 == 0 {
				told(int(n))
			}
			return nil
		}
	}
	var err error
	if who == nil {
		err = k.WholePast(ctx, d.Law, read)
	} else {
		err = k.Past(ctx, *who, d.Law, read)
	}
	if err != nil {
		return nil, err
	}
	return trial.Report(lanes...), nil
}
