package seal

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"nazorat/internal/journal"
)

// What is said on the socket, a line each, one question and one answer to a connection:
//
//	key                        VERIFIER-KEY [TEXT]     TEXT: base64 of the last checkpoint signed, without signatures
//	sign TEXT                  SIGNATURE               base64 of the 64 bytes
//	anything                   error WHY
//
// The program that answers is trusted with nothing: a signature is checked before it is used.

// patience bounds one question; modules take milliseconds, networked ones a second.
const patience = 10 * time.Second

// longest line that is read.
const longest = 16 << 10

// remote is a key that a program at a socket has.
type remote struct {
	ctx    context.Context // ends with whoever opened it
	socket string
	key    *journal.Key
}

func dial(ctx context.Context, socket string) (*remote, error) {
	r := &remote{ctx: ctx, socket: socket}
	key, _, err := r.ask()
	if err != nil {
		return nil, fmt.Errorf("signer at %s: %w", socket, err)
	}
	if key.Witness() {
		return nil, fmt.Errorf("signer at %s: its key is a witness's", socket)
	}
	r.key = key
	return r, nil
}

func (r *remote) Name() string      { return r.key.Name() }
func (r *remote) KeyHash() uint32   { return r.key.KeyHash() }
func (r *remote) Key() *journal.Key { return r.key }

func (r *remote) Last() (*journal.Checkpoint, error) {
	key, last, err := r.ask()
	if err != nil {
		return nil, fmt.Errorf("signer at %s: %w", r.socket, err)
	}
	if key.String() != r.key.String() {
		return nil, fmt.Errorf("signer at %s: it has another key by now", r.socket)
	}
	return last, nil
}

func (r *remote) ask() (key *journal.Key, last *journal.Checkpoint, err error) {
	answer, err := r.say("key")
	if err != nil {
		return nil, nil, err
	}
	text, encoded, more := strings.Cut(answer, " ")
	if key, err = journal.ParseKey(text); err != nil || !more {
		return key, nil, err
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, nil, err
	}
	c, err := journal.ParseCheckpoint(string(raw))
	return key, &c, err
}

func (r *remote) Sign(text []byte) ([]byte, error) {
	answer, err := r.say("sign " + base64.StdEncoding.EncodeToString(text))
	if err != nil {
		return nil, fmt.Errorf("signer at %s: %w", r.socket, err)
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(answer)
	if err != nil {
		return nil, fmt.Errorf("signer at %s: %w", r.socket, err)
	}
	if !r.key.Verify(text, sig) {
		return nil, fmt.Errorf("signer at %s: what it gave is no signature of its key", r.socket)
	}
	return sig, nil
}

// say asks one question.
func (r *remote) say(question string) (answer string, err error) {
	ctx, cancel := context.WithTimeout(r.ctx, patience)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", r.socket)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if _, err := conn.Write([]byte(question + "\n")); err != nil {
		return "", err
	}
	line, err := bufio.NewReaderSize(conn, longest).ReadSlice('\n')
	if err != nil {
		return "", fmt.Errorf("it gave no answer: %w", errors.Join(err, ctx.Err()))
	}
	answer = string(line[:len(line)-1])
	if why, refused := strings.CutPrefix(answer, "error "); refused {
		return "", fmt.Errorf("%w: %s", ErrRefused, why)
	}
	return answer, nil
}
