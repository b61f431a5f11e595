package notice

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Bounds of a gateway.
const (
	longestGateway = 64 << 10 // of its description
	longestAnswer  = 64 << 10
	longestState   = 72 * time.Hour
	leastPoll      = 10 * time.Second
)

// Gateway sends SMS by HTTP, as a file describes it: docs/operations.md has one with every word explained.
type Gateway struct {
	send   *request
	answer answerRule
	state  *stateRule
	within time.Duration
	secret string
	client *http.Client
	host   string
}

// gatewayFile is how a gateway is described.
type gatewayFile struct {
	URL     string            `yaml:"url"`
	Method  string            `yaml:"method"`
	Headers map[string]string `yaml:"headers"`
	Body    string            `yaml:"body"`
	Secret  string            `yaml:"secret"` // file
	Within  string            `yaml:"within"`
	Answer  answerFile        `yaml:"answer"`
	State   *stateFile        `yaml:"state"`
}

type answerFile struct {
	Accepted ruleFile `yaml:"accepted"`
	Refused  ruleFile `yaml:"refused"`
	ID       string   `yaml:"id"`
}

type stateFile struct {
	URL       string            `yaml:"url"`
	Method    string            `yaml:"method"`
	Headers   map[string]string `yaml:"headers"`
	Body      string            `yaml:"body"`
	Delivered ruleFile          `yaml:"delivered"`
	Failed    ruleFile          `yaml:"failed"`
	Every     string            `yaml:"every"`
	For       string            `yaml:"for"`
}

// ruleFile says when an answer means something: by its status, and by what stands at a place of its JSON.
type ruleFile struct {
	Status []int    `yaml:"status"`
	At     string   `yaml:"at"`
	Is     []string `yaml:"is"`
}

type answerRule struct {
	accepted, refused ruleFile
	id                string
}

type stateRule struct {
	ask               *request
	delivered, failed ruleFile
	every, lasts      time.Duration
}

// request is what is sent, with places for what differs.
type request struct {
	method  string
	address *template
	headers map[string]*template
	body    *template
}

// Places of the templates.
const (
	placeTo      = "to"
	placeDigits  = "digits" // to, without its plus
	placeText    = "text"
	placeID      = "id"      // of our message, the same each time it is sent
	placeSecret  = "secret"  // what the file of the secret holds
	placeMessage = "message" // how the gateway calls our message
)

// OpenGateway reads the description of a gateway from a file, and its secret from the file that this one names.
func OpenGateway(path string) (*Gateway, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("SMS gateway: %w", err)
	}
	g, err := readGateway(text, filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("SMS gateway %s: %w", path, err)
	}
	return g, nil
}

func readGateway(text []byte, dir string) (*Gateway, error) {
	if len(text) > longestGateway {
		return nil, fmt.Errorf("it has more than %d KiB", longestGateway>>10)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	var f gatewayFile
	if err := dec.Decode(&f); err != nil {
		return nil, err
	}
	g := &Gateway{answer: answerRule{f.Answer.Accepted, f.Answer.Refused, f.Answer.ID}, within: 20 * time.Second}
	var err error
	if g.within, err = period(f.Within, g.within, time.Second, sendWithin); err != nil {
		return nil, fmt.Errorf("within: %w", err)
	}
	if f.Secret != "" {
		if !filepath.IsAbs(f.Secret) {
			f.Secret = filepath.Join(dir, f.Secret)
		}
		if g.secret, err = secretOf(f.Secret); err != nil {
			return nil, fmt.Errorf("secret: %w", err)
		}
	}
	names := []string{placeTo, placeDigits, placeText, placeID, placeSecret}
	if g.send, g.host, err = newRequest(f.URL, f.Method, f.Headers, f.Body, names); err != nil {
		return nil, err
	}
	if !g.send.holds(placeTo) && !g.send.holds(placeDigits) || !g.send.holds(placeText) {
		return nil, errors.New("neither url nor body says where {to} and {text} go")
	}
	if err := g.answer.accepted.check(true); err != nil {
		return nil, fmt.Errorf("answer: accepted: %w", err)
	}
	if err := g.answer.refused.check(false); err != nil {
		return nil, fmt.Errorf("answer: refused: %w", err)
	}
	if f.State != nil {
		if err := g.asks(f.State, names); err != nil {
			return nil, fmt.Errorf("state: %w", err)
		}
	}
	g.client = &http.Client{Timeout: g.within, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return g, nil
}

func (g *Gateway) asks(f *stateFile, names []string) (err error) {
	s := &stateRule{delivered: f.Delivered, failed: f.Failed}
	var host string
	if s.ask, host, err = newRequest(f.URL, f.Method, f.Headers, f.Body, append(slices.Clone(names), placeMessage)); err != nil {
		return err
	}
	if host != g.host {
		return fmt.Errorf("it is asked at %s, and SMS are sent by %s: the secret stays with one", host, g.host)
	}
	if s.ask.holds(placeMessage) && g.answer.id == "" {
		return errors.New("it asks for {message}, and answer: id does not say where that stands")
	}
	if err := s.delivered.check(true); err != nil {
		return fmt.Errorf("delivered: %w", err)
	}
	if err := s.failed.check(false); err != nil {
		return fmt.Errorf("failed: %w", err)
	}
	if s.every, err = period(f.Every, time.Minute, leastPoll, longestState); err != nil {
		return fmt.Errorf("every: %w", err)
	}
	if s.lasts, err = period(f.For, 24*time.Hour, leastPoll, longestState); err != nil {
		return fmt.Errorf("for: %w", err)
	}
	g.state = s
	return nil
}

func period(text string, otherwise, least, most time.Duration) (time.Duration, error) {
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < least || d > most {
		return 0, fmt.Errorf("%q: want a time from %s to %s", text, least, most)
	}
	return d, nil
}

func newRequest(address, method string, headers map[string]string, body string, names []string) (r *request, host string, err error) {
	r = &request{method: method, headers: map[string]*template{}}
	if r.method == "" {
		r.method = http.MethodPost
	}
	if !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut}, r.method) {
		return nil, "", fmt.Errorf("method %q: want GET, POST or PUT", method)
	}
	if r.address, err = parseTemplate(address, names, []string{"url"}); err != nil {
		return nil, "", fmt.Errorf("url: %w", err)
	}
	// Whatever is filled in, the host is the one that is written here.
	u, err := url.Parse(r.address.fill(map[string]string{}))
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, "", errors.New("url: want https://HOST/..., or http:// on this machine")
	}
	if first := r.address.parts[0]; first.name != "" || !strings.Contains(strings.SplitN(first.text, "://", 2)[1], "/") {
		return nil, "", errors.New("url: nothing is filled in before the path")
	}
	for name, value := range headers {
		// What a person typed never goes into a header.
		if r.headers[name], err = parseTemplate(value, []string{placeSecret, placeID}, []string{""}); err != nil {
			return nil, "", fmt.Errorf("headers: %s: %w", name, err)
		}
	}
	if r.body, err = parseTemplate(body, names, []string{"json", "url"}); err != nil {
		return nil, "", fmt.Errorf("body: %w", err)
	}
	return r, u.Host, nil
}

func (r *request) holds(name string) bool { return r.address.holds(name) || r.body.holds(name) }

func (f *ruleFile) check(needed bool) error {
	switch {
	case len(f.Status) == 0 && f.At == "" && needed:
		return errors.New("want status, or at and is")
	case f.At == "" && len(f.Is) > 0, f.At != "" && len(f.Is) == 0:
		return errors.New("at and is belong together")
	case f.At != "" && !strings.HasPrefix(f.At, "/"):
		return fmt.Errorf("at %q: want a place such as /message/state", f.At)
	}
	return nil
}

// holds reports whether an answer is what the rule says. A rule that says nothing holds of none.
func (f *ruleFile) holds(status int, body any) bool {
	if len(f.Status) == 0 && f.At == "" {
		return false
	}
	if len(f.Status) > 0 && !slices.Contains(f.Status, status) {
		return false
	}
	return f.At == "" || slices.Contains(f.Is, textAt(body, f.At))
}

// textAt is what stands at a place of a JSON value, as text; "" where nothing does, or more than a word. The place is a pointer: /messages/0/state.
func textAt(v any, at string) string {
	for name := range strings.SplitSeq(strings.TrimPrefix(at, "/"), "/") {
		name = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
		switch in := v.(type) {
		case map[string]any:
			v = in[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(in) {
				return ""
			}
			v = in[i]
		default:
			return ""
		}
	}
	switch x := v.(type) {
	case string:
		return x
	case json.Number:
		return x.String()
	case bool:
		return strconv.FormatBool(x)
	}
	return ""
}

// do sends a request, and gives the status and the JSON of the answer; nil where it is none.
func (g *Gateway) do(ctx context.Context, r *request, values map[string]string) (status int, body any, err error) {
	values[placeSecret] = g.secret
	var content io.Reader
	if text := r.body.fill(values); text != "" {
		content = strings.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, r.address.fill(values), content)
	if err != nil {
		return 0, nil, errors.New("the request cannot be made") // its own text may hold the secret
	}
	for name, value := range r.headers {
		req.Header.Set(name, value.fill(values))
	}
	resp, err := g.client.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) { // it names the address, with what was filled in
			err = u.Err
		}
		return 0, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, longestAnswer+1))
	if err != nil {
		return 0, nil, errors.New("the answer broke off")
	}
	if len(text) > longestAnswer {
		return resp.StatusCode, nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if dec.Decode(&body) != nil {
		body = nil
	}
	return resp.StatusCode, body, nil
}

// text hands an SMS over. What the description calls neither accepted nor refused is tried again, under the same id.
func (g *Gateway) text(ctx context.Context, l letterOut) outcome {
	status, body, err := g.do(ctx, g.send, map[string]string{placeTo: l.to, placeDigits: strings.TrimPrefix(l.to, "+"), placeText: l.text, placeID: l.id})
	switch {
	case err != nil:
		return outcome{state: Waiting, reason: err.Error()}
	case g.answer.refused.holds(status, body):
		return outcome{state: Refused, reason: "status " + strconv.Itoa(status) + " " + textAt(body, g.answer.refused.At)}
	case g.answer.accepted.holds(status, body):
		return outcome{state: Sent, gateway: reasonOf(textAt(body, g.answer.id))}
	}
	return outcome{state: Waiting, reason: "status " + strconv.Itoa(status) + ", neither accepted nor refused"}
}

// arrived asks what became of an SMS: Delivered, Failed, or Sent where that is not known yet.
func (g *Gateway) arrived(ctx context.Context, id, gateway string) outcome {
	status, body, err := g.do(ctx, g.state.ask, map[string]string{placeID: id, placeMessage: gateway})
	switch {
	case err != nil:
		return outcome{state: Sent, reason: err.Error()}
	case g.state.failed.holds(status, body):
		return outcome{state: Failed, reason: textAt(body, g.state.failed.At)}
	case g.state.delivered.holds(status, body):
		return outcome{state: Delivered}
	}
	return outcome{state: Sent}
}
