package app

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Prometheus on this machine needs no certificate; whoever watches from another reads over TLS, as everybody there.
func TestFiguresBeyondThisMachineAreSpokenOfOverTLS(t *testing.T) {
	t.Parallel()
	made := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	defer made.Close()
	s := &Serving{TLS: made.TLS.Clone(), Log: slog.New(slog.DiscardHandler)}
	figures := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "figures") })
	for at, sure := range map[string]bool{"127.0.0.1:0": false, "0.0.0.0:0": true} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		l, err := listen(ctx, at)
		must(t, err)
		srv := s.server(ctx, figures)
		ended := make(chan error, 1)
		go func() { ended <- s.beside(srv, l) }()
		_, port, err := net.SplitHostPort(l.Addr().String())
		must(t, err)
		for scheme, client := range map[string]*http.Client{"http": {}, "https": {Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}} { //nolint:gosec // who it is is not asked here
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, scheme+"://127.0.0.1:"+port+"/metrics", nil)
			must(t, err)
			read := ""
			if resp, err := client.Do(r); err == nil {
				body, _ := io.ReadAll(resp.Body)
				must(t, resp.Body.Close())
				read = string(body)
			}
			if got := strings.Contains(read, "figures"); got != (sure == (scheme == "https")) {
				t.Errorf("at %s over %s: %q", at, scheme, read)
			}
			client.CloseIdleConnections()
		}
		must(t, srv.Close())
		<-ended
	}
}
