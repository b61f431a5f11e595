package notice_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"sync"
	"testing"
	"time"
)

// post is a mail server that does what a test tells it to.
type post struct {
	t        *testing.T
	listener net.Listener
	tls      *tls.Config // nil: it offers no TLS
	atOnce   bool

	mu    sync.Mutex
	does  map[string]string // what it answers to a command, by its first word; "hang" and "break" are not answers
	mails []received
	asked []string
}

// received is an e-mail that it took.
type received struct{ to, id, subject, text string }

func newPost(t *testing.T, with ...func(*post)) *post {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &post{t: t, listener: l, does: map[string]string{}}
	for _, f := range with {
		f(p)
	}
	t.Cleanup(func() { _ = l.Close() })
	go p.serve()
	return p
}

func (p *post) address() string { return p.listener.Addr().String() }

func (p *post) serve() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.talk(conn)
	}
}

func (p *post) answer(command, otherwise string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, command)
	if s, ok := p.does[command]; ok {
		return s
	}
	return otherwise
}

// say sets what it answers to a command; "" takes that back.
func (p *post) say(command, answer string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if answer == "" {
		delete(p.does, command)
	} else {
		p.does[command] = answer
	}
}

func (p *post) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	if p.atOnce {
		conn = tls.Server(conn, p.tls)
	}
	in := textproto.NewReader(bufio.NewReader(conn))
	secure := p.atOnce
	to := ""
	line := func(s string) bool {
		switch s {
		case "hang":
			time.Sleep(10 * time.Second)
			return false
		case "break":
			return false
		}
		_, err := fmt.Fprintf(conn, "%s\r\n", s)
		return err == nil
	}
	if !line(p.answer("greet", "220 post ready")) {
		return
	}
	for {
		text, err := in.ReadLine()
		if err != nil {
			return
		}
		command, _, _ := strings.Cut(strings.ToUpper(text), " ")
		switch command {
		case "EHLO":
			offer := "250-post\r\n250-AUTH PLAIN"
			if p.tls != nil && !secure {
				offer += "\r\n250-STARTTLS"
			}
			if !line(p.answer("EHLO", offer+"\r\n250 8BITMIME")) {
				return
			}
		case "STARTTLS":
			if !line("220 go ahead") {
				return
			}
			conn = tls.Server(conn, p.tls)
			in = textproto.NewReader(bufio.NewReader(conn))
			secure = true
		case "RCPT":
			to = strings.TrimSuffix(text[len("RCPT TO:<"):], ">")
			if !line(p.answer("RCPT", "250 ok")) {
				return
			}
		case "DATA":
			if !line(p.answer("DATA", "354 go on")) {
				return
			}
			data, err := io.ReadAll(in.DotReader())
			if err != nil {
				return
			}
			answer := p.answer("end", "250 taken")
			if strings.HasPrefix(answer, "250") || answer == "break" { // it has it, whatever the sender learns of that
				p.keep(to, string(data))
			}
			if !line(answer) {
				return
			}
		case "AUTH":
			if !line(p.answer("AUTH", "235 welcome")) {
				return
			}
		case "QUIT":
			line("221 bye")
			return
		default:
			if !line(p.answer(command, "250 ok")) {
				return
			}
		}
	}
}

func (p *post) keep(to, data string) {
	m, err := mail.ReadMessage(strings.NewReader(data))
	if err != nil {
		p.t.Errorf("a message that cannot be read: %v", err)
		return
	}
	body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	if err != nil {
		p.t.Errorf("its text: %v", err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		p.t.Error(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mails = append(p.mails, received{to, m.Header.Get("Message-Id"), subject, string(body)})
}

func (p *post) got() []received {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]received(nil), p.mails...)
}

// certificate of this machine, and who vouches for it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "post"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// commands that it was told, by their first words.
func (p *post) commands() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.asked...)
}
