package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"nazorat/internal/telemetry"
	"nazorat/internal/web"
)

// stopWithin is how long what is being answered may take when the office stops.
const stopWithin = 15 * time.Second

// Serving is how an office is served.
type Serving struct {
	Addr    string      // of the pages
	Metrics string      // address of the figures, "" for none: they are for those who run the office, so never beside the pages
	TLS     *tls.Config // nil: plain HTTP, and TLS is the business of what stands before it
	Pages   *web.Server
	Health  *telemetry.Health
	Figures http.Handler
	Traces  *telemetry.Traces
	Log     *slog.Logger
	// Drain is how long requests are still taken after ctx ended, while the process says that
	// it is not ready: what stands before it needs that long to send them elsewhere.
	Drain time.Duration
	// Ready is told the address once requests are answered.
	Ready func(addr string)
}

// Serve serves until ctx ends. Then it says that it is not ready, ends live
// pages with a hint when to come back, takes no further requests and lets those
// under way finish, within a bound: what takes longer is cut off, as if its
// reader had gone.
func Serve(ctx context.Context, s Serving) (err error) {
	pages, err := listen(ctx, s.Addr)
	if err != nil {
		return err
	}
	defer func() { _ = pages.Close() }() // closed before, unless what follows fails
	var figures net.Listener
	if s.Metrics != "" {
		if figures, err = listen(ctx, s.Metrics); err != nil {
			return err
		}
		defer func() { _ = figures.Close() }()
	}
	Roomy()
	debug.FreeOSMemory() // what opening the office has left behind
	running, cut := context.WithCancel(context.Background())
	defer cut()
	ended := make(chan error, 2)
	front, _ := s.front()
	main := s.server(running, s.Traces.Handler(front))
	go func() { ended <- s.answer(main, pages) }()
	servers := []*http.Server{main}
	if figures != nil {
		beside, _ := s.side()
		side := s.server(running, beside)
		go func() { ended <- s.beside(side, figures) }()
		servers = append(servers, side)
		s.Log.Info("figures", "addr", figures.Addr().String())
	}
	if s.Ready != nil {
		s.Ready(pages.Addr().String())
	}
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	s.Log.Info("stopping")
	s.Health.Stop()
	if s.Drain > 0 {
		time.Sleep(s.Drain)
	}
	s.Pages.EndStreams()
	grace, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	for _, srv := range servers { // the figures last: whoever watches sees the end
		if err := srv.Shutdown(grace); err != nil {
			s.Log.Warn("requests are cut off: they took too long", "error", err)
			cut()
			_ = srv.Close()
		}
	}
	for range servers {
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
	}
	return nil
}

// answer serves at an address, over TLS where the office speaks it.
func (s *Serving) answer(srv *http.Server, at net.Listener) error {
	if s.TLS == nil {
		return srv.Serve(at)
	}
	srv.TLSConfig = s.TLS.Clone()
	return srv.ServeTLS(at, "", "")
}

// beside is answer for the figures: who watches from this machine alone needs no certificate.
func (s *Serving) beside(srv *http.Server, at net.Listener) error {
	if local(at) {
		return srv.Serve(at)
	}
	return s.answer(srv, at)
}

// local reports whether an address is reached from this machine alone.
func local(l net.Listener) bool {
	at, ok := l.Addr().(*net.TCPAddr)
	return ok && at.IP.IsLoopback()
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return l, nil
}

// server has the bounds that every request of ours has; running ends what is cut off.
func (s *Serving) server(running context.Context, h http.Handler) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn), BaseContext: func(net.Listener) context.Context { return running }}
}

// front answers at the address of the pages: beside them what machines ask of a process, whether it
// is alive and whether it is ready. It says which routes those are.
func (s *Serving) front() (http.Handler, []string) {
	mux, routes := s.probes()
	mux.Handle("/", s.Pages)
	return mux, routes
}

// side answers at the address of the figures.
func (s *Serving) side() (http.Handler, []string) {
	mux, routes := s.probes()
	mux.Handle("GET /metrics", s.Pages.Guarded(s.Figures))
	return mux, append(routes, "GET /metrics")
}

func (s *Serving) probes() (*http.ServeMux, []string) {
	mux := http.NewServeMux()
	mux.Handle("GET /healthz", s.Pages.Guarded(s.Health.Alive()))
	mux.Handle("GET /readyz", s.Pages.Guarded(s.Health.Readiness()))
	return mux, []string{"GET /healthz", "GET /readyz"}
}
