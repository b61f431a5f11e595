package main

import (
	"context"
	"net"
	"strings"
)

// notify tells systemd, where it started this process and asked for it, that the
// office serves and, once ctx has ended, that it stops (sd_notify(3)). Nobody
// waits for the answer: there is none.
func notify(ctx context.Context, env environment) {
	for _, v := range env.vars {
		socket, ok := strings.CutPrefix(v, "NOTIFY_SOCKET=")
		if !ok || socket == "" {
			continue
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "unixgram", socket)
		if err != nil {
			return // it will say itself that it was not told
		}
		_, _ = conn.Write([]byte("READY=1"))
		context.AfterFunc(ctx, func() {
			_, _ = conn.Write([]byte("STOPPING=1"))
			_ = conn.Close()
		})
	}
}
