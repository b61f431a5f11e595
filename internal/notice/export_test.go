package notice

import (
	"context"
	"crypto/x509"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/proceedings"
)

// Trust lets the mail server's certificate be one of these authorities.
func (m *Mail) Trust(roots *x509.CertPool) { m.roots = roots }

// Away makes the server one that is not this machine, whatever its address.
func (m *Mail) Away() { m.local = false }

// Hurry shortens how long a gateway is waited for.
func (g *Gateway) Hurry(d time.Duration) { g.client.Timeout = d }

// ReadGateway reads a description.
func ReadGateway(text, dir string) (*Gateway, error) { return readGateway([]byte(text), dir) }

// Fill fills a template in whose places to and text are written in any way.
func Fill(text string, values map[string]string) (string, error) {
	t, err := parseTemplate(text, []string{"to", "text"}, []string{"json", "url", ""})
	if err != nil {
		return "", err
	}
	return t.fill(values), nil
}

// TextAt is what stands at a place of JSON.
func TextAt(v any, at string) string { return textAt(v, at) }

// Take takes messages as a process does that dies before it sends them.
func (k *Keeper) Take(ctx context.Context) (int, error) {
	n := 0
	for _, c := range k.Channels() {
		list, err := k.take(ctx, c)
		if n += len(list); err != nil {
			return n, err
		}
	}
	return n, nil
}

// Lease is how long a message is one process's.
const Lease = lease

// Sweep looks at ranges as a look at the clock does that is interrupted before it notes how far it came.
func (k *Keeper) Sweep(ctx context.Context, from, to calendar.Moment) error {
	return k.sweep(ctx, k.ranges(from, to), from, to)
}

// Queries are the questions of the inbox and the outbox, with what they ask for.
func Queries() map[string][]any {
	return map[string][]any{
		selectNew:     {"sardor", "iib-1", 100},
		selectAll:     {"sardor", "iib-1", int64(1) << 62, "", "", 10},
		countNew:      {"sardor", "iib-1", 100},
		selectQueues:  {int64(0)},
		takeMessages:  {"x", int64(1), int64(2), "email", 8},
		selectUnheard: nil,
	}
}

// Ranges are those that one look asks for.
func (k *Keeper) Ranges(from, to calendar.Moment) []proceedings.Range {
	return k.ranges(from, to)
}
