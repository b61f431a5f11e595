package look

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"nazorat/internal/journal"
)

// The spool holds looks on their way into the journal, so that a process which ends
// at once, however it ends, loses none. It is a folder of segments, small files that
// are only appended to; a segment goes when its looks are in the database. Each line is
// a check sum, a salt and the canonical bytes of a look. What is written to a file survives its
// process, and that is all that is asked of it here: it is not synced, since in a second it is in
// the database, which is. A power failure can so lose the looks of the last second.
//
// A segment is locked by the process that writes it. The lock goes with the process,
// so whoever finds a segment that he can lock has found one of a process that is no more.
type spool struct{ dir string }

// segment is one file of the spool.
type segment struct {
	f    *os.File
	size int64
}

const (
	spoolEnding   = ".looks"
	damagedEnding = ".damaged"
	// longestLine of a segment: a look has bounded texts.
	longestLine = 64 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// openSpool makes the folder if it is not there, and gives the batches that processes before have left.
func openSpool(dir string, log *slog.Logger) (*spool, []*batch, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, nil, err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, nil, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, nil, fmt.Errorf("%s may be read or written by others (%s): make it chmod 700", dir, mode)
	}
	s := &spool{dir}
	probe, err := s.begin() // whether it can be written to is known now, not with the first page
	if err != nil {
		return nil, nil, err
	}
	probe.drop(log)
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	var left []*batch
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), spoolEnding) {
			continue
		}
		b, err := s.takeUp(e.Name(), log)
		if err != nil {
			return nil, nil, err
		}
		if b != nil {
			left = append(left, b)
		}
	}
	return s, left, nil
}

// tries to begin a segment: another process that looks what was left may lock a new one before we do.
const tries = 5

// begin makes a segment.
func (s *spool) begin() (*segment, error) {
	var err error
	for range tries {
		var f *os.File
		if f, err = os.OpenFile(filepath.Join(s.dir, rand.Text()+spoolEnding), os.O_CREATE|os.O_EXCL|os.O_APPEND|os.O_RDWR, 0o600); err != nil {
			return nil, err
		}
		if err = lock(f); err == nil {
			return &segment{f: f}, nil
		}
		err = errors.Join(err, os.Remove(f.Name()), f.Close())
		if errors.Is(err, errors.ErrUnsupported) {
			break
		}
	}
	return nil, err
}

// takeUp reads a segment that somebody has left; nil if it is another's, or there is nothing in it.
func (s *spool) takeUp(name string, log *slog.Logger) (*batch, error) {
	f, err := os.OpenFile(filepath.Join(s.dir, name), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil // its process has just done with it
	}
	if err != nil {
		return nil, err
	}
	if lock(f) != nil {
		return nil, f.Close()
	}
	looks, bad, err := readSegment(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	at := &segment{f: f}
	if bad > 0 {
		log.Error("a segment of the spool of looks is damaged: what can be read of it is taken up, and a copy of it is kept", "file", f.Name(), "lines", bad)
		if err := copyOf(f); err != nil {
			return nil, errors.Join(err, f.Close())
		}
	}
	if len(looks) == 0 {
		at.drop(log)
		return nil, nil
	}
	log.Info("looks were left in the spool, and are taken up", "looks", len(looks))
	return &batch{looks: looks, segment: at, maybe: true, done: make(chan struct{})}, nil
}

// copyOf keeps a damaged segment for whoever wants to look at it.
func copyOf(f *os.File) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	to, err := os.OpenFile(f.Name()+damagedEnding, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // kept before
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(to, f)
	return errors.Join(err, to.Close())
}

// readSegment reads the looks of a segment, and counts the lines that are none. What
// has no end at the end of the file was being written when its process ended: nobody was shown anything for it, and it does not count.
func readSegment(r io.Reader) (looks []sealed, bad int, err error) {
	in := bufio.NewReaderSize(r, longestLine)
	for {
		line, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, io.EOF):
			return looks, bad, nil
		case errors.Is(err, bufio.ErrBufferFull):
			bad++
			continue
		case err != nil:
			return nil, 0, err
		}
		s, err := readLine(bytes.TrimSuffix(line, []byte("\n")))
		if err != nil || len(looks) >= journal.MostLooks {
			bad++
			continue
		}
		looks = append(looks, s)
	}
}

// appendLine writes a look as a line.
func appendLine(dst []byte, s *sealed) []byte {
	rest := hex.AppendEncode(nil, s.salt[:])
	rest = s.AppendCanonical(append(rest, ' '))
	dst = fmt.Appendf(dst, "%08x ", crc32.Checksum(rest, castagnoli))
	return append(append(dst, rest...), '\n')
}

var errLine = errors.New("this is no line of the spool")

func readLine(line []byte) (s sealed, err error) {
	sum, rest, ok := bytes.Cut(line, []byte(" "))
	if !ok || string(sum) != fmt.Sprintf("%08x", crc32.Checksum(rest, castagnoli)) {
		return s, errLine
	}
	text, canonical, ok := bytes.Cut(rest, []byte(" "))
	if !ok {
		return s, errLine
	}
	raw, err := hex.DecodeString(string(text))
	if err != nil {
		return s, errLine
	}
	salt, err := journal.SaltOf(raw)
	if err != nil {
		return s, errLine
	}
	l, err := journal.ReadLook(canonical)
	if err != nil {
		return s, err
	}
	return seal(l, salt), nil
}

// append adds a look. After an error it is not there.
func (g *segment) append(s *sealed) error {
	var room [1536]byte
	line := appendLine(room[:0], s)
	n, err := g.f.Write(line)
	if err == nil {
		g.size += int64(n)
		return nil
	}
	// Half a line must not stand before the next one; the batch is closed after this, and its file is read by its lines.
	return errors.Join(fmt.Errorf("spool of looks: %w", err), g.f.Truncate(g.size))
}

func (g *segment) sync() error { return g.f.Sync() }

// drop takes the file away: what it held is elsewhere, or was nothing.
func (g *segment) drop(log *slog.Logger) {
	if err := errors.Join(os.Remove(g.f.Name()), g.f.Close()); err != nil {
		log.Error("a segment of the spool of looks could not be taken away; it is taken up again later, and nothing is recorded twice", "error", err)
	}
}

// leave lets another process have the file.
func (g *segment) leave() { _ = g.f.Close() } // it holds what was written whatever closing says
