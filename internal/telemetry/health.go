package telemetry

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// How long a check may take, and how long an answer serves those who ask again:
// whoever asks often must not make the office slow.
const (
	checkWithin = 2 * time.Second
	checkServes = time.Second
)

// Check is one thing that must hold for the office to be of use. Holds gives
// "" where it does and otherwise what is wrong, in words that anybody may read:
// no address, no name of a file, no secret. Its cause goes to the log.
//
// What would be as wrong on every other node is Shared: to send nobody here any
// more, and so to nobody, would help nobody. It is told, and asked for with
// ?all it counts.
type Check struct {
	Name   string
	Shared bool
	Holds  func(context.Context) (wrong string, cause error)
}

// Found is what a check found.
type Found struct {
	Name  string `json:"name"`
	OK    bool   `json:"ok"`
	Wrong string `json:"wrong,omitempty"`

	shared bool
}

// Health says whether a process is alive and whether it is ready. Safe for concurrent use.
type Health struct {
	log    *slog.Logger
	checks []Check
	hangs  []atomic.Bool // by check: it has not answered yet

	mu       sync.Mutex
	stopping bool
	at       time.Time
	found    []Found
}

// NewHealth makes one of checks, which are told in that order.
func NewHealth(log *slog.Logger, checks []Check) *Health {
	return &Health{log: log, checks: checks, hangs: make([]atomic.Bool, len(checks))}
}

// Stop makes the process not ready from now on: it goes on answering, but nobody should send it more.
func (h *Health) Stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopping = true
}

// Ready runs the checks, side by side, or gives what they found a moment ago.
// One that takes too long has not held. all says whether those count that are shared.
func (h *Health) Ready(ctx context.Context, all bool) (ready bool, found []Found) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopping {
		return false, []Found{{Name: "process", Wrong: "stopping"}}
	}
	if h.found == nil || time.Since(h.at) >= checkServes {
		h.look(ctx)
	}
	ready = true
	for _, f := range h.found {
		ready = ready && (f.OK || f.shared && !all)
	}
	return ready, h.found
}

func (h *Health) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkWithin)
	defer cancel()
	before := h.found
	answers := make([]chan Found, len(h.checks))
	for i, c := range h.checks {
		answers[i] = make(chan Found, 1) // one that hangs is left behind,
		if !h.hangs[i].CompareAndSwap(false, true) {
			continue // and not begun a second time
		}
		go func() {
			defer h.hangs[i].Store(false)
			wrong, cause := c.Holds(ctx)
			if wrong == "" && cause != nil {
				wrong = "failed"
			}
			if wrong != "" && (before == nil || before[i].OK) { // told once, not with every look
				h.log.Warn("not ready", "check", c.Name, "wrong", wrong, "error", cause)
			}
			answers[i] <- Found{Name: c.Name, OK: wrong == "", Wrong: wrong, shared: c.Shared}
		}()
	}
	found := make([]Found, len(h.checks))
	for i := range found {
		select {
		case found[i] = <-answers[i]:
			continue
		case <-ctx.Done():
		}
		select {
		case found[i] = <-answers[i]: // it came while another was waited for
		default:
			found[i] = Found{Name: h.checks[i].Name, Wrong: "no answer in time", shared: h.checks[i].Shared}
		}
	}
	h.found, h.at = found, time.Now()
}

// Alive answers that the process runs, whatever else is wrong: who restarts it
// because its database is away makes nothing better.
func (h *Health) Alive() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		plain(w, http.StatusOK, map[string]any{"alive": true})
	})
}

// Readiness answers 200 where every check holds that counts and 503 where one does not, with what each found.
func (h *Health) Readiness() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ready, found := h.Ready(r.Context(), r.URL.Query().Has("all"))
		status := http.StatusOK
		if !ready {
			status = http.StatusServiceUnavailable
			w.Header().Set("Retry-After", "5")
		}
		plain(w, status, map[string]any{"ready": ready, "checks": found})
	})
}

func plain(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // who asked may have gone
}
