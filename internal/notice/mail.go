package notice

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/netip"
	"net/smtp"
	"net/textproto"
	"net/url"
	"os"
	"strings"
	"time"
)

// sendWithin is how long one message may take, from the first byte to the last answer.
const sendWithin = time.Minute

// Mail is the server that takes the office's e-mail.
type Mail struct {
	server   string // host:port
	host     string
	from     string
	user     string
	password string
	atOnce   bool // TLS from the first byte, else STARTTLS
	local    bool // this machine itself, to which plain text may be spoken
	roots    *x509.CertPool
}

// NewMail reads where e-mail goes: smtps://user@mail.example:465 (TLS from the first byte), or smtp://user@mail.example:587 (STARTTLS, without which nothing is
// sent but to this machine). password is a file with the user's, which its owner alone may read; "" where there is no user.
func NewMail(location, from, password string) (*Mail, error) {
	u, err := url.Parse(location)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Path != "" && u.Path != "/" {
		return nil, errors.New("the mail server: want smtps://USER@HOST:465 or smtp://USER@HOST:587") // the error's own text may hold a password
	}
	if _, has := u.User.Password(); has {
		return nil, errors.New("the mail server: its password belongs into a file, not into the address")
	}
	m := &Mail{host: u.Hostname(), user: u.User.Username(), atOnce: u.Scheme == "smtps"}
	port := u.Port()
	switch {
	case port != "":
	case m.atOnce:
		port = "465"
	default:
		port = "587"
	}
	m.server, m.local = net.JoinHostPort(m.host, port), loopback(m.host)
	if m.from, err = email(from); err != nil {
		return nil, fmt.Errorf("the sender of e-mail: %q is no address", from)
	}
	if m.user != "" {
		if m.password, err = secretOf(password); err != nil {
			return nil, fmt.Errorf("the password of the mail server: %w", err)
		}
	}
	return m, nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// longestSecret of a file.
const longestSecret = 4096

// secretOf reads a secret from a file that its owner alone may read.
func secretOf(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if mode := info.Mode(); !mode.IsRegular() || mode.Perm()&0o077 != 0 || info.Size() > longestSecret {
		return "", fmt.Errorf("%s: want a small file that its owner alone may read (chmod 600), not %s", path, mode)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	secret := strings.TrimSpace(string(text))
	if secret == "" || strings.ContainsFunc(secret, func(r rune) bool { return r < ' ' }) {
		return "", fmt.Errorf("%s: want one line", path)
	}
	return secret, nil
}

// outcome is what came of trying to send something.
type outcome struct {
	state   State // Sent, Refused, or Waiting: try again
	gateway string
	reason  string
}

// letterOut is a message on its way out.
type letterOut struct {
	id, to, subject, text string
	made                  time.Time
}

// send hands a message over. Whatever is not a plain yes or no of the server is tried again: also where the connection broke while the last answer was awaited, after which
// the server may have the message. It then gets it twice, under one Message-ID.
func (m *Mail) send(ctx context.Context, l letterOut) outcome {
	ctx, cancel := context.WithTimeout(ctx, sendWithin)
	defer cancel()
	c, err := m.greet(ctx)
	if err != nil {
		return outcome{state: Waiting, reason: err.Error()}
	}
	defer func() { _ = c.Close() }()
	if err := c.Mail(m.from); err != nil { // it refuses the office, not the message
		return outcome{state: Waiting, reason: err.Error()}
	}
	if err := c.Rcpt(l.to); err != nil {
		return answered(err)
	}
	w, err := c.Data()
	if err != nil {
		return answered(err)
	}
	if _, err := w.Write(m.text(l)); err != nil {
		return outcome{state: Waiting, reason: err.Error()}
	}
	if err := w.Close(); err != nil {
		return answered(err)
	}
	_ = c.Quit() // it has the message
	return outcome{state: Sent}
}

// answered is what an answer of the server about a message means: that it never takes it, or not now.
func answered(err error) outcome {
	var said *textproto.Error
	if errors.As(err, &said) && said.Code >= 500 && said.Code < 600 {
		return outcome{state: Refused, reason: err.Error()}
	}
	return outcome{state: Waiting, reason: err.Error()}
}

// errPlain is why nothing is sent to a server that speaks no TLS.
var errPlain = errors.New("the server offers no TLS, and is not on this machine")

// greet connects, by TLS where the server is not this machine, and signs in.
func (m *Mail) greet(ctx context.Context) (*smtp.Client, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", m.server)
	if err != nil {
		return nil, err
	}
	if end, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(end) // a connection that knows none hangs no longer than its server
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	settings := &tls.Config{ServerName: m.host, MinVersion: tls.VersionTLS12, RootCAs: m.roots}
	if m.atOnce {
		conn = tls.Client(conn, settings)
	}
	c, err := smtp.NewClient(conn, m.host)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	if err := m.signIn(c, settings); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

func (m *Mail) signIn(c *smtp.Client, settings *tls.Config) error {
	_, domain, _ := strings.Cut(m.from, "@")
	if err := c.Hello(domain); err != nil {
		return err
	}
	if !m.atOnce {
		switch offered, _ := c.Extension("STARTTLS"); {
		case offered:
			if err := c.StartTLS(settings); err != nil {
				return err
			}
		case !m.local:
			return errPlain
		}
	}
	if m.user == "" {
		return nil
	}
	return c.Auth(smtp.PlainAuth("", m.user, m.password, m.host))
}

// text is a message as it goes over the line: the same each time that it is sent.
func (m *Mail) text(l letterOut) []byte {
	_, domain, _ := strings.Cut(m.from, "@")
	var b bytes.Buffer
	for _, h := range [][2]string{{"From", m.from}, {"To", l.to}, {"Subject", mime.BEncoding.Encode("utf-8", l.subject)}, {"Date", l.made.UTC().Format(time.RFC1123Z)},
		{"Message-ID", "<" + l.id + "@" + domain + ">"}, {"Auto-Submitted", "auto-generated"}, {"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "base64"}} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	body := base64.StdEncoding.EncodeToString([]byte(l.text))
	for len(body) > 76 {
		b.WriteString(body[:76] + "\r\n")
		body = body[76:]
	}
	b.WriteString(body + "\r\n")
	return b.Bytes()
}

// Reach looks whether the server can be reached, and lets the office in. It sends nothing.
func (m *Mail) Reach(ctx context.Context) error {
	c, err := m.greet(ctx)
	if err != nil {
		return err
	}
	return c.Quit()
}

// Server that e-mail goes to, for messages.
func (m *Mail) Server() string { return m.server }
