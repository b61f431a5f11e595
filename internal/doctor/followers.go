package doctor

import (
	"context"
	"fmt"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/follow"
)

// followers looks how far what trails the journal is behind it. Where the office is served it waits a moment for the newest of it.
func (e *examination) followers(ctx context.Context, office *app.Office) {
	var lags []follow.Lag
	for until := time.Now().Add(catchUpWithin); ; time.Sleep(100 * time.Millisecond) {
		var err error
		if lags, err = office.Lags(ctx); err != nil {
			e.found(Fail, "follower", err.Error(), "see whether the server can be reached")
			return
		}
		behind := int64(0)
		for _, l := range lags {
			behind += l.Behind()
		}
		if behind == 0 || e.URL == "" || time.Now().After(until) || ctx.Err() != nil {
			break
		}
	}
	for _, l := range lags {
		switch {
		case e.URL == "": // nobody follows where no process of the office runs
			e.ok("follower", "%s is %d leaves behind the journal", l.Name, l.Behind())
		case l.Emptying, l.Next == 0 && l.Size > 0:
			e.found(Warn, "follower", l.Name+" is being written anew, and has not begun", "it is done while the office is served: look again later, and in the log if it stays so")
		case l.Behind() > 0:
			e.found(Warn, "follower", fmt.Sprintf("%s is %d leaves behind the journal", l.Name, l.Behind()), "see in the log of the process that has the duty follow_"+l.Name+" what it cannot follow")
		default:
			e.ok("follower", "%s is %d leaves behind the journal", l.Name, l.Behind())
		}
	}
}
