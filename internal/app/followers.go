package app

import (
	"context"
	"log/slog"

	"nazorat/internal/follow"
	"nazorat/internal/notice"
	"nazorat/internal/telemetry"
)

// followers are the projections of this office that trail the journal. Each runs as a duty of its own.
func (o *Office) followers() []follow.Follower {
	return []follow.Follower{
		o.Find.Follower(),
		o.Hearings.Follower(),
		o.Figures.Follower(),
		{Name: "notice", Version: 1, Most: notice.MostFollowed, FromHere: true, Follow: o.Notices.Follow}, // nobody wants to be told of what was before
	}
}

// followed adds the followers to the work of the office.
func (o *Office) followed(list map[string]func(context.Context) error, log *slog.Logger) {
	for _, f := range o.followers() {
		list[f.Duty()] = func(ctx context.Context) error { return o.Follow.Run(ctx, log, f) }
	}
}

// followerFigures say how far the followers are behind the journal.
func (o *Office) followerFigures(ctx context.Context) (map[string]float64, error) {
	lags, err := o.Lags(ctx)
	out := map[string]float64{}
	for _, l := range lags {
		out[telemetry.Series("nazorat_follower_lag_leaves", "follower", l.Name)] = float64(l.Behind())
		out[telemetry.Series("nazorat_follower_anew", "follower", l.Name)] = truth(l.Emptying)
	}
	return out, err
}

// Lags are how far the followers of this program are behind the journal.
func (o *Office) Lags(ctx context.Context) (out []follow.Lag, err error) {
	for _, f := range o.followers() {
		l, err := o.Follow.Lag(ctx, f.Name)
		if err != nil {
			return nil, err
		}
		if f.FromHere && l.Moved == 0 {
			l.Next = l.Size // it begins at the end, and is behind nothing
		}
		out = append(out, l)
	}
	return out, nil
}
