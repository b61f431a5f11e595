package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// limited is a server with the bounds that an office is served with, made short where a test would wait.
func limited(t *testing.T, change func(*http.Server)) (addr string) {
	t.Helper()
	s := &Serving{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	srv := s.server(context.Background(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprint(w, "read")
	}))
	for name, bound := range map[string]time.Duration{"header": srv.ReadHeaderTimeout, "request": srv.ReadTimeout, "idle": srv.IdleTimeout} {
		if bound <= 0 || bound > 2*time.Minute {
			t.Errorf("%s: as long as %v", name, bound)
		}
	}
	change(srv)
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, err)
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(l) }()
	t.Cleanup(func() {
		_ = srv.Close()
		<-ended
	})
	return l.Addr().String()
}

// answerTo sends the beginning of a request and gives what comes back until the server hangs up.
func answerTo(t *testing.T, addr, sent string) string {
	t.Helper()
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	must(t, err)
	defer c.Close()
	must(t, c.SetDeadline(time.Now().Add(20*time.Second)))
	_, _ = io.WriteString(c, sent) // it may hang up meanwhile
	out, err := io.ReadAll(bufio.NewReader(c))
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.Fatalf("the server still waits for the rest of %.60q", sent)
	}
	return string(out)
}

func TestWhoSendsSlowlyIsGivenUp(t *testing.T) {
	t.Parallel()
	addr := limited(t, func(s *http.Server) { s.ReadHeaderTimeout, s.ReadTimeout = 100*time.Millisecond, 200*time.Millisecond })
	if got := answerTo(t, addr, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "); strings.Contains(got, "read") {
		t.Errorf("half a header: %q", got)
	}
	if got := answerTo(t, addr, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf"); strings.Contains(got, "200 OK") {
		t.Errorf("half a body: %q", got)
	}
	// Of a good request the bounds are as they are: this machine may be slow too. Then its idle connection is closed.
	good := limited(t, func(s *http.Server) { s.IdleTimeout = 100 * time.Millisecond })
	if got := answerTo(t, good, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); !strings.Contains(got, "200 OK") {
		t.Errorf("a good request: %q", got)
	}
}

func TestHeadersBeyondTheirBoundAreRefused(t *testing.T) {
	t.Parallel()
	addr := limited(t, func(*http.Server) {})
	if got := answerTo(t, addr, "GET / HTTP/1.1\r\nHost: x\r\nX-Long: "+strings.Repeat("x", 1<<20)+"\r\n\r\n"); !strings.Contains(got, "431 ") && got != "" {
		t.Errorf("%.100q", got)
	}
}

// What two readers of a request could take for different requests is refused.
func TestRequestsThatCanBeReadInTwoWaysAreRefused(t *testing.T) {
	t.Parallel()
	addr := limited(t, func(*http.Server) {})
	for name, sent := range map[string]string{
		"two lengths":          "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
		"a bad length":         "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: +3\r\n\r\nabc",
		"an unknown encoding":  "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"two hosts":            "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: close\r\n\r\n",
		"no host":              "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
		"a blank before colon": "GET / HTTP/1.1\r\nHost: x\r\nX-A : b\r\nConnection: close\r\n\r\n",
	} {
		if got := answerTo(t, addr, sent); !strings.HasPrefix(got, "HTTP/1.1 4") && !strings.HasPrefix(got, "HTTP/1.1 501") {
			t.Errorf("%s: %.100q", name, got)
		}
	}
}
