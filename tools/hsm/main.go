// Command nazorat-hsm stands before a hardware security module: it signs the
// journal's checkpoints with an Ed25519 key that never leaves the module, for
// whoever may open its socket. The office's own program stays without cgo, and the
// PIN stays with another user of the machine.
//
// It is a module of its own, since PKCS#11 needs cgo, and knows nothing of the
// office but the two questions of docs/journal-format.md, "key" and "sign". It
// signs checkpoints of its own name that are no smaller than the last one, which
// it keeps in a file, and refuses everything else.
//
//	nazorat-hsm --module /usr/lib/softhsm/libsofthsm2.so --token office --key journal \
//	    --origin office.example/log --socket /run/nazorat/hsm --memory /var/lib/nazorat-hsm/last
//
// The PIN is read from the file that --pin names. --generate makes the key first.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"golang.org/x/mod/sumdb/note"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("nazorat-hsm: ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		stop()
		log.Fatal(err)
	}
}

func run(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("nazorat-hsm", flag.ContinueOnError)
	module := flags.String("module", "", "the module's PKCS#11 library")
	token := flags.String("token", "", "label of the token")
	label := flags.String("key", "", "label of the key pair")
	origin := flags.String("origin", "", "name of the tree, as in its checkpoints")
	socket := flags.String("socket", "", "where to listen")
	memory := flags.String("memory", "", "file that keeps the last checkpoint signed")
	pin := flags.String("pin", "", "file that holds the PIN")
	generate := flags.Bool("generate", false, "make the key pair in the token, where there is none of that label")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for name, value := range map[string]string{"module": *module, "token": *token, "key": *label, "origin": *origin, "socket": *socket, "memory": *memory, "pin": *pin} {
		if value == "" {
			return fmt.Errorf("--%s is wanted", name)
		}
	}
	secret, err := readPIN(*pin)
	if err != nil {
		return err
	}
	m, err := open(*module, *token, secret, *label, *generate)
	if err != nil {
		return err
	}
	defer m.close()
	key, err := note.NewEd25519VerifierKey(*origin, m.public)
	if err != nil {
		return err
	}
	if _, err := note.NewVerifier(key); err != nil {
		return fmt.Errorf("origin %q: %w", *origin, err)
	}
	listener, err := listen(*socket)
	if err != nil {
		return err
	}
	log.Printf("signing with %s at %s", key, *socket)
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()
	s := &signer{origin: *origin, key: key, memory: *memory, sign: m.sign}
	for {
		conn, err := listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		s.answer(conn) // one at a time, as the token has it
	}
}

func readPIN(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("PIN: %w", err)
	}
	if !info.Mode().IsRegular() || info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("PIN: %s may be read by others (%s): make it chmod 600", path, info.Mode())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("PIN: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}

// listen makes the socket, for the same group only; one that a dead process left is taken away.
func listen(path string) (net.Listener, error) {
	if c, err := net.Dial("unix", path); err == nil {
		_ = c.Close()
		return nil, fmt.Errorf("somebody listens at %s already", path)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	old := syscall.Umask(0o117)
	defer syscall.Umask(old)
	return net.Listen("unix", path)
}
