package main

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// signer answers the two questions.
type signer struct {
	origin string
	key    string // as a verifier key
	memory string
	sign   func([]byte) ([]byte, error)
}

// checkpoint is what is signed.
type checkpoint struct {
	text string
	size int64
}

func (s *signer) read(text string) (c checkpoint, err error) {
	line := strings.Split(text, "\n")
	if len(line) != 4 || line[3] != "" {
		return c, errors.New("that is no checkpoint")
	}
	size, err := strconv.ParseInt(line[1], 10, 64)
	root, err2 := base64.StdEncoding.Strict().DecodeString(line[2])
	if err != nil || err2 != nil || len(root) != 32 || size < 0 || strconv.FormatInt(size, 10) != line[1] {
		return c, errors.New("that is no checkpoint")
	}
	if line[0] != s.origin {
		return c, errors.New("that is a checkpoint of another tree")
	}
	return checkpoint{text, size}, nil
}

// last is what was signed last; its text is empty before the first.
func (s *signer) last() (c checkpoint, err error) {
	text, err := os.ReadFile(s.memory)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	if c, err = s.read(string(text)); err != nil {
		return c, fmt.Errorf("%s: %w", s.memory, err)
	}
	return c, nil
}

// answer reads one question and answers it.
func (s *signer) answer(conn net.Conn) {
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	line, err := bufio.NewReaderSize(conn, 16<<10).ReadSlice('\n')
	if err != nil {
		return
	}
	out, err := s.reply(string(line[:len(line)-1]))
	if err != nil {
		log.Print(err)
		out = "error " + strings.ReplaceAll(err.Error(), "\n", " ")
	}
	_, _ = conn.Write([]byte(out + "\n")) // whoever is gone asks again
}

func (s *signer) reply(question string) (string, error) {
	last, err := s.last()
	if err != nil {
		return "", err
	}
	if question == "key" {
		if last.text == "" {
			return s.key, nil
		}
		return s.key + " " + base64.StdEncoding.EncodeToString([]byte(last.text)), nil
	}
	encoded, ok := strings.CutPrefix(question, "sign ")
	text, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if !ok || err != nil {
		return "", errors.New("the questions are: key, sign TEXT")
	}
	c, err := s.read(string(text))
	if err != nil {
		return "", err
	}
	if last.text != "" && (c.size < last.size || c.size == last.size && c.text != last.text) {
		return "", fmt.Errorf("a tree of %d leaves was signed already", last.size)
	}
	if c.text != last.text { // remembered first: what is signed twice is the same
		if err := replace(s.memory, text); err != nil {
			return "", err
		}
	}
	sig, err := s.sign(text)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(sig), nil
}

// replace writes a file so that after a crash it is the old one or the new one.
func replace(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		_ = os.Remove(f.Name())
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
