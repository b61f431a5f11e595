package db

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// ErrArchive means that an archive is not whole, or not what was written.
var ErrArchive = errors.New("the archive is not what was written")

// longestLine bounds a row of an archive.
const longestLine = 256 << 20

// into takes what is read from an archive.
type into interface {
	begin(m *Manifest) error
	table(t *Table) error
	// row gets values that hold until the next: nil, int64, string or []byte.
	row(t *Table, values []any) error
	end(t *Table) error
}

// CheckArchive reads an archive to its end and says what it holds. It fails with
// ErrArchive where anything is not as it was written.
func CheckArchive(ctx context.Context, r io.Reader) (*Manifest, error) {
	return readArchive(ctx, r, nothing{})
}

type nothing struct{}

func (nothing) begin(*Manifest) error   { return nil }
func (nothing) table(*Table) error      { return nil }
func (nothing) row(*Table, []any) error { return nil }
func (nothing) end(*Table) error        { return nil }

// unarchiver reads an archive line by line.
type unarchiver struct {
	in     *bufio.Reader
	all    hash.Hash
	long   []byte
	number int64
	values []any

	to      into
	refused error
}

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrArchive, fmt.Sprintf(format, args...))
}

func readArchive(ctx context.Context, r io.Reader, to into) (*Manifest, error) {
	buffered := bufio.NewReaderSize(r, 1<<16) // gzip then takes no byte beyond its end
	z, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrArchive, err)
	}
	z.Multistream(false)
	u := &unarchiver{in: bufio.NewReaderSize(z, 1<<16), all: sha256.New(), to: to}
	m, err := u.read(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := u.in.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, broken("something follows the last line")
	}
	if _, err := buffered.ReadByte(); !errors.Is(err, io.EOF) {
		return nil, broken("something follows the end")
	}
	return m, u.refused
}

// give hands something on. Who refused it once is given no more; but the archive
// is read to its end, as the reason may be that it is not what was written.
func (u *unarchiver) give(what string, f func() error) {
	if u.refused == nil {
		if err := f(); err != nil {
			u.refused = fmt.Errorf("%s: %w", what, err)
		}
	}
}

// next gives the next line with its end; it holds until the next call.
func (u *unarchiver) next() ([]byte, error) {
	u.number++
	u.long = u.long[:0]
	for {
		part, err := u.in.ReadSlice('\n')
		if err == nil && len(u.long) == 0 {
			return part, nil
		}
		if len(u.long)+len(part) > longestLine {
			return nil, broken("line %d is longer than %d bytes", u.number, longestLine)
		}
		u.long = append(u.long, part...)
		switch {
		case err == nil:
			return u.long, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, broken("it ends in line %d", u.number)
		default:
			return nil, fmt.Errorf("%w: line %d: %w", ErrArchive, u.number, err)
		}
	}
}

// control reads a line that is no row into v; nothing else may stand in it.
func (u *unarchiver) control(line []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return broken("line %d: %v", u.number, err)
	}
	again, err := json.Marshal(v)
	if err != nil || string(append(again, '\n')) != string(line) {
		return broken("line %d is written in another way", u.number)
	}
	return nil
}

func (u *unarchiver) read(ctx context.Context) (*Manifest, error) {
	line, err := u.next()
	if err != nil {
		return nil, err
	}
	var head archiveHead
	if err := u.control(line, &head); err != nil {
		return nil, err
	}
	if head.Nazorat != "archive" || head.Format != archiveFormat {
		return nil, broken("it is %q in format %d, want an archive in format %d", head.Nazorat, head.Format, archiveFormat)
	}
	_, _ = u.all.Write(line)
	m := &Manifest{Made: head.Made, Database: head.Database, migrations: head.Migrations}
	u.give("begin", func() error { return u.to.begin(m) })
	for {
		if line, err = u.next(); err != nil {
			return nil, err
		}
		if bytes.HasPrefix(line, []byte(`{"complete"`)) {
			break
		}
		_, _ = u.all.Write(line)
		var t archiveTable
		if err := u.control(line, &t); err != nil {
			return nil, err
		}
		if n := len(m.Tables); t.Table == "" || n > 0 && m.Tables[n-1].Name >= t.Table {
			return nil, broken("line %d: table %q is not in its place", u.number, t.Table)
		}
		m.Tables = append(m.Tables, Table{Name: t.Table, Columns: t.Columns, Key: t.Key})
		if err := u.table(ctx, &m.Tables[len(m.Tables)-1]); err != nil {
			return nil, err
		}
	}
	m.Hash = hex.EncodeToString(u.all.Sum(nil))
	var last archiveLast
	if err := u.control(line, &last); err != nil {
		return nil, err
	}
	if last != (archiveLast{true, len(m.Tables), m.Rows(), m.Hash}) {
		return nil, broken("its last line does not fit what stands before it")
	}
	return m, nil
}

func (u *unarchiver) table(ctx context.Context, t *Table) error {
	for _, c := range t.Columns {
		if !slices.Contains([]string{archiveInt, archiveText, archiveBytes}, c.Type) {
			return broken("line %d: the column %s has the type %q", u.number, c.Name, c.Type)
		}
	}
	u.give("table "+t.Name, func() error { return u.to.table(t) })
	rows := sha256.New()
	u.values = make([]any, len(t.Columns))
	for {
		line, err := u.next()
		if err != nil {
			return err
		}
		_, _ = u.all.Write(line)
		if line[0] != '[' {
			var end archiveEnd
			if err := u.control(line, &end); err != nil {
				return err
			}
			t.Hash = hex.EncodeToString(rows.Sum(nil))
			if end != (archiveEnd{t.Name, t.Rows, t.Hash}) {
				return broken("line %d: table %s has %d rows with the hash %s, which is not what its end says", u.number, t.Name, t.Rows, t.Hash)
			}
			u.give("table "+t.Name, func() error { return u.to.end(t) })
			return nil
		}
		_, _ = rows.Write(line)
		t.Rows++
		if err := readRow(line, t.Columns, u.values); err != nil {
			return broken("line %d: %v", u.number, err)
		}
		if t.Rows%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if u.refused == nil {
			if err := u.to.row(t, u.values); err != nil {
				u.refused = fmt.Errorf("table %s, row %d: %w", t.Name, t.Rows, err)
			}
		}
	}
}

// readRow reads a line that appendRow wrote, and no other.
func readRow(line []byte, columns []TableColumn, values []any) error {
	rest, ok := bytes.CutPrefix(line, []byte("["))
	if !ok {
		return errors.New("it is no row")
	}
	for i := range columns {
		if i > 0 {
			if rest, ok = bytes.CutPrefix(rest, []byte(",")); !ok {
				return fmt.Errorf("%d values, want %d", i, len(columns))
			}
		}
		var err error
		if values[i], rest, err = readValue(rest, columns[i].Type); err != nil {
			return fmt.Errorf("%s: %w", columns[i].Name, err)
		}
	}
	if string(rest) != "]\n" {
		return fmt.Errorf("more than %d values", len(columns))
	}
	return nil
}

func readValue(in []byte, kind string) (value any, rest []byte, err error) {
	if rest, null := bytes.CutPrefix(in, []byte("null")); null {
		return nil, rest, nil
	}
	if kind == archiveInt {
		n := bytes.IndexAny(in, ",]")
		if n < 0 {
			return nil, nil, errors.New("no end")
		}
		v, err := strconv.ParseInt(string(in[:n]), 10, 64)
		if err != nil || strconv.FormatInt(v, 10) != string(in[:n]) {
			return nil, nil, fmt.Errorf("%q is no number", in[:n])
		}
		return v, in[n:], nil
	}
	s, rest, err := readString(in)
	if err != nil || kind == archiveText {
		return s, rest, err
	}
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return nil, nil, err
	}
	return b, rest, nil
}

// readString reads a string that appendString wrote, and no other.
func readString(in []byte) (s string, rest []byte, err error) {
	if len(in) == 0 || in[0] != '"' {
		return "", nil, errors.New("no string")
	}
	var b []byte
	from := 1
	for i := 1; i < len(in); i++ {
		switch c := in[i]; {
		case c == '"':
			if from == 1 {
				s = string(in[1:i])
			} else {
				s = string(append(b, in[from:i]...))
			}
			if !utf8.ValidString(s) {
				return "", nil, ErrText
			}
			return s, in[i+1:], nil
		case c < ' ':
			return "", nil, errors.New("a control character")
		case c == '\\':
			b = append(b, in[from:i]...)
			switch {
			case i+1 < len(in) && (in[i+1] == '"' || in[i+1] == '\\'):
				b = append(b, in[i+1])
				i++
			case i+5 < len(in) && string(in[i+1:i+4]) == "u00" && in[i+4] <= '1' && in[i+4] >= '0' && (in[i+5] >= '0' && in[i+5] <= '9' || in[i+5] >= 'a' && in[i+5] <= 'f'):
				low := in[i+5] - '0'
				if in[i+5] >= 'a' {
					low = in[i+5] - 'a' + 10
				}
				b = append(b, (in[i+4]-'0')<<4|low)
				i += 5
			default:
				return "", nil, errors.New("an escape that nobody writes")
			}
			from = i + 1
		}
	}
	return "", nil, errors.New("a string without its end")
}
