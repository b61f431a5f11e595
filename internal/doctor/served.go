package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"nazorat/internal/journal"
)

// askWithin bounds each question to a served office.
const askWithin = 10 * time.Second

// certificateAtLeast is how long a certificate must still be good.
const certificateAtLeast = 21 * 24 * time.Hour

// longestAnswer that is read of a served office.
const longestAnswer = 4 << 20

type answer struct {
	*http.Response
	body []byte
	took time.Duration
}

func get(ctx context.Context, at string) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, errors.New("want an address such as http://localhost:8080")
	}
	start := time.Now()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address, which may hold a password
		}
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, longestAnswer))
	return &answer{res, body, time.Since(start)}, err
}

// served looks at the office as those see it who use it.
func (e *examination) served(ctx context.Context) {
	base := strings.TrimSuffix(e.URL, "/")
	alive, err := get(ctx, base+"/healthz")
	if err != nil {
		e.found(Fail, "served", err.Error(), "see whether the process runs: systemctl status nazorat, journalctl -u nazorat; and what stands before it")
		return
	}
	if alive.StatusCode != http.StatusOK {
		e.found(Fail, "served", fmt.Sprintf("asked whether it is alive it answers with status %d", alive.StatusCode), "is this the address of an office? see what stands before it")
		return
	}
	e.ready(ctx, base)
	e.page(ctx, base)
	e.certificate(alive)
	e.publicLog(ctx, base)
}

func (e *examination) ready(ctx context.Context, base string) {
	a, err := get(ctx, base+"/readyz?all")
	if err != nil {
		e.found(Fail, "ready", err.Error(), "see its log")
		return
	}
	var said struct {
		Ready  bool
		Checks []struct {
			Name, Wrong string
			OK          bool
		}
	}
	if err := json.Unmarshal(a.body, &said); err != nil {
		e.found(Fail, "ready", "its answer cannot be read", "is this the address of an office?")
		return
	}
	var names []string
	for _, c := range said.Checks {
		if !c.OK {
			e.found(Fail, "ready", c.Name+": "+c.Wrong, "see its log, and what is said of that above")
		}
		names = append(names, c.Name)
	}
	if said.Ready {
		e.ok("ready", "it says so of %s", strings.Join(names, ", "))
	}
}

func (e *examination) page(ctx context.Context, base string) {
	a, err := get(ctx, base+"/sign-in")
	switch {
	case err != nil:
		e.found(Fail, "page", err.Error(), "see its log")
	case a.StatusCode != http.StatusOK:
		e.found(Fail, "page", fmt.Sprintf("the first page is answered with status %d", a.StatusCode), "see its log")
	case a.took > time.Second:
		e.found(Warn, "page", "the first page took "+period(a.took), "see the figures of its pages, and what else the machine does")
	default:
		e.ok("page", "the first page took %s", period(a.took))
	}
	if err != nil {
		return
	}
	if at, err := http.ParseTime(a.Header.Get("Date")); err == nil {
		// The header has whole seconds.
		if apart := time.Since(at); apart < -clocksApart-time.Second || apart > clocksApart+time.Second+a.took {
			e.found(Warn, "clock", "the serving machine's and this one's are "+period(apart)+" apart", "let both be kept by NTP")
		}
	}
	if strings.HasPrefix(base, "https:") && a.Header.Get("Strict-Transport-Security") == "" {
		e.found(Warn, "page", "it does not know that TLS stands before it: cookies may go out unprotected", "serve with --secure")
	}
}

func (e *examination) certificate(a *answer) {
	if a.TLS == nil || len(a.TLS.PeerCertificates) == 0 {
		return
	}
	left := time.Until(a.TLS.PeerCertificates[0].NotAfter)
	if left < certificateAtLeast {
		e.found(Warn, "certificate", "it is good for "+period(left)+" more", "renew it, and see why that does not happen by itself")
		return
	}
	e.ok("certificate", "it is good for %s more", period(left))
}

// publicLog holds the log that is served against the database.
func (e *examination) publicLog(ctx context.Context, base string) {
	a, err := get(ctx, base+"/log/checkpoint")
	if err != nil {
		e.found(Fail, "log", err.Error(), "see what stands before the office: /log/ is for everybody")
		return
	}
	if a.StatusCode == http.StatusNotFound {
		if e.Signer != nil {
			e.found(Fail, "log", "no checkpoint is served", "see in its log why nothing is signed")
		}
		return
	}
	text, _, _ := strings.Cut(string(a.body), "\n\n") // the signatures come behind an empty line
	c, err := journal.ParseCheckpoint(text + "\n")
	switch {
	case a.StatusCode != http.StatusOK || err != nil:
		e.found(Fail, "log", fmt.Sprintf("the checkpoint is answered with status %d and cannot be read", a.StatusCode), "see its log, and what stands before it")
	case e.DB != "" && c.Size > e.size+1_000_000: // it goes on meanwhile, but not so fast
		e.found(Fail, "log", fmt.Sprintf("it is of %d leaves, and the database has %d: this is another office, or an old copy of its database", c.Size, e.size), "look whether --db and --url are of one office")
	case len(e.Keys) == 0:
		e.ok("log", "%s, %d leaves; whose signature it bears was not looked at", c.Origin, c.Size)
	default:
		s, err := journal.OpenCheckpoint(a.body, e.Keys)
		if err != nil {
			e.found(Fail, "log", "what is served is signed by none of the keys that were named: "+err.Error(), "is this the office, and are these its keys?")
			return
		}
		e.ok("log", "%s, %d leaves, signed by %s, and by %d witnesses", c.Origin, c.Size, s.By[0].Name(), len(s.Cosigned))
	}
}

// figures looks whether those who watch the office see anything.
func (e *examination) figures(ctx context.Context) {
	at := e.Figures
	if !strings.Contains(at, "://") {
		at = "http://" + at
	}
	a, err := get(ctx, strings.TrimSuffix(at, "/")+"/metrics")
	switch {
	case err != nil:
		e.found(Warn, "figures", err.Error(), "serve with --metrics-addr, so that somebody can watch")
	case a.StatusCode != http.StatusOK || !strings.Contains(string(a.body), "nazorat_build_info"):
		e.found(Warn, "figures", fmt.Sprintf("answered with status %d, and not with figures", a.StatusCode), "is this the address of --metrics-addr?")
	default:
		e.ok("figures", "%d lines", strings.Count(string(a.body), "\n"))
	}
}
