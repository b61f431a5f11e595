package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"nazorat/internal/app"
	"nazorat/internal/calendar"
)

// followed is the million as it is after an office has served it for a while: what trails the journal is where the journal is, and
// whoever was to be told of what is late was told.
func followed(b *testing.B) string {
	b.Helper()
	from := million(b)
	return once(b, filepath.Join(room(b), "followed.db"), func(path string) {
		clone(b, from, path)
		start := time.Now()
		o := opened(b, "sqlite:"+path, func() calendar.Moment { return calendar.At(time.Now()) })
		stop := o.Keep(ctx, quiet())
		for still := 0; still < 4; time.Sleep(2 * time.Second) {
			still++
			if undone(b, o) {
				still = 0
			}
		}
		stop()
		must(b, o.Close())
		fmt.Fprintf(os.Stderr, "followed %d proceedings in %.0f s\n", cases(b), time.Since(start).Seconds())
	})
}

// undone reports whether there is something that an office would do by itself, or was doing since it was asked the last time.
func undone(b *testing.B, o *app.Office) bool {
	b.Helper()
	lags, err := o.Lags(ctx)
	must(b, err)
	for _, l := range lags {
		if l.Behind() > 0 {
			return true
		}
	}
	var looked int
	must(b, o.DB.QueryRow(ctx, `SELECT count(*) FROM notice_clock WHERE at > $1`, int64(o.Docket.Now()-calendar.Minute)).Scan(&looked))
	return looked == 0
}
