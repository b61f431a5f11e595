package eventlog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"nazorat/internal/fault"
)

// Format is what a file holds.
type Format string

// The formats that can be read.
const (
	XES Format = "XES"
	CSV Format = "CSV"
)

// File is a log on disk. It is for one goroutine at a time.
type File struct {
	Path   string
	Format Format
	Gzip   bool
	Size   int64 // bytes on disk
	f      *os.File
}

// Open opens a log and finds out by its name and by its content what it is. It
// refuses a file whose name and content disagree, and one that is neither.
func Open(path string) (*File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	file, err := identify(f, path)
	if err != nil {
		f.Close()
		return nil, err
	}
	return file, nil
}

func identify(f *os.File, path string) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	file := &File{Path: path, Size: info.Size(), f: f}
	bad := func(key string, args fault.Args) (*File, error) {
		return nil, &Error{File: path, Key: key, Args: args}
	}
	if info.IsDir() {
		return bad("log.folder", nil)
	}
	begin, err := beginning(f)
	if err != nil {
		return nil, &Error{File: path, Key: "log.read", Args: fault.Args{"reason": err.Error()}, cause: err}
	}
	if isGzip(begin) {
		file.Gzip = true
		begin = nil
		z, err := gzip.NewReader(f)
		if err == nil {
			begin, err = beginning(z)
		}
		if err != nil && len(begin) == 0 {
			e := packedError(err, 0)
			e.File = path
			return nil, e
		}
	}
	name := strings.ToLower(filepath.Base(path))
	name = strings.TrimSuffix(name, ".gz")
	begin = bytes.TrimLeft(bytes.TrimPrefix(begin, []byte(byteOrderMark)), " \t\r\n")
	held := CSV
	switch {
	case len(begin) == 0:
		return bad("log.empty", nil)
	case begin[0] == '<':
		held = XES
	case utf16(begin) != "":
		return bad("log.encoding", fault.Args{"value": utf16(begin)})
	case bytes.IndexByte(begin, 0) >= 0 || bytes.HasPrefix(begin, []byte("PK\x03\x04")):
		return bad("log.format", nil)
	}
	switch ext := filepath.Ext(name); {
	case held == CSV && (ext == ".xes" || ext == ".xml"):
		return bad("log.named_xes", nil)
	case held == XES && (ext == ".csv" || ext == ".tsv" || ext == ".txt"):
		return bad("log.named_csv", nil)
	}
	file.Format = held
	return file, nil
}

// beginning is the first bytes of r: enough to tell what it is.
func beginning(r io.Reader) ([]byte, error) {
	b := make([]byte, 512)
	n, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && n > 0 {
		err = nil
	}
	if s, ok := r.(io.Seeker); ok && err == nil {
		_, err = s.Seek(0, io.SeekStart)
	}
	return b[:n], err
}

func isGzip(b []byte) bool { return len(b) >= 2 && b[0] == 0x1f && b[1] == 0x8b }

// Close closes the file.
func (f *File) Close() error { return f.f.Close() }

// Read reads the whole log from its beginning, as ReadXES or ReadCSV does; it
// may be called again. Of an XES log, o.Options alone matters.
func (f *File) Read(ctx context.Context, o CSVOptions, each func(*Trace) error) (Summary, error) {
	if _, err := f.f.Seek(0, io.SeekStart); err != nil {
		return Summary{}, &Error{File: f.Path, Key: "log.read", Args: fault.Args{"reason": err.Error()}, cause: err}
	}
	named, stopped := o, false // stopped: the error is the caller's own
	if o.OnBad != nil {
		named.OnBad = func(e *Error) error {
			e.File = f.Path
			err := o.OnBad(e)
			stopped = stopped || err != nil
			return err
		}
	}
	lent := func(t *Trace) error {
		err := each(t)
		stopped = stopped || err != nil
		return err
	}
	var s Summary
	var err error
	if f.Format == XES {
		s, err = ReadXES(ctx, f.f, named.Options, lent)
	} else {
		s, err = ReadCSV(ctx, f.f, named, lent)
	}
	var e *Error
	if errors.As(err, &e) && !stopped {
		e.File = f.Path
	}
	return s, err
}

// The sizes of what is read at once. The channel holds a few blocks, so that a
// slow consumer never makes the reader run ahead further.
const (
	blockSize  = 256 << 10
	blocksHeld = 4
)

// source gives the uncompressed bytes of a log. Gzip is inflated by a
// goroutine of its own, which ends before close returns.
type source struct {
	ctx      context.Context
	r        io.Reader // the plain bytes, or nil where blocks come from the goroutine
	disk     *counting
	total    int64
	progress func(read, total int64)
	told     int64

	blocks chan block
	free   chan []byte
	quit   chan struct{}
	wait   sync.WaitGroup
	rest   []byte // of the block at hand
	held   []byte // the block at hand, to be given back
	err    error
}

type block struct {
	b   []byte
	err error
}

// counting counts what is taken from the file and keeps the error it gave, to
// tell a file that can't be read from one that is damaged.
type counting struct {
	r      io.Reader
	n      atomic.Int64
	failed error
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	if err != nil && err != io.EOF {
		c.failed = err
	}
	return n, err
}

// packed is an error of gzip, unread one of the file below it.
type (
	packed struct{ err error }
	unread struct{ err error }
)

func (p packed) Error() string { return p.err.Error() }
func (u unread) Error() string { return u.err.Error() }

func newSource(ctx context.Context, r io.Reader, o Options) *source {
	s := &source{ctx: ctx, disk: &counting{r: r}, progress: o.Progress}
	if f, ok := r.(interface{ Stat() (os.FileInfo, error) }); ok && o.Progress != nil {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			s.total = info.Size()
		}
	}
	buffered := bufio.NewReaderSize(s.disk, 64<<10)
	begin, _ := buffered.Peek(2)
	if !isGzip(begin) {
		s.r = buffered
		return s
	}
	s.blocks = make(chan block, blocksHeld)
	s.free = make(chan []byte, blocksHeld+2)
	s.quit = make(chan struct{})
	s.wait.Go(func() { s.inflate(buffered) })
	return s
}

// inflate runs in its own goroutine until it has sent an error, or quit.
func (s *source) inflate(r io.Reader) {
	z, err := gzip.NewReader(r)
	began := err == nil
	for {
		var b []byte
		select {
		case b = <-s.free:
		default:
			b = make([]byte, blockSize)
		}
		n := 0
		for n < len(b) && err == nil {
			var got int
			got, err = z.Read(b[n:])
			n += got
		}
		sent := block{b[:n], err}
		switch {
		case err == nil:
		case s.disk.failed != nil:
			sent.err = unread{s.disk.failed}
		case !errors.Is(err, io.EOF) || !began:
			sent.err = packed{err}
		}
		select {
		case s.blocks <- sent:
		case <-s.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// Read gives plain bytes. Its errors are io.EOF, the context's cause, packed or unread.
func (s *source) Read(p []byte) (int, error) {
	if err := context.Cause(s.ctx); err != nil {
		return 0, err
	}
	s.tell(false)
	if s.r != nil {
		n, err := s.r.Read(p)
		if err != nil && err != io.EOF {
			err = unread{err}
		}
		return n, err
	}
	for len(s.rest) == 0 {
		if s.err != nil {
			return 0, s.err
		}
		if s.held != nil {
			s.free <- s.held[:cap(s.held)]
			s.held = nil
		}
		select {
		case b := <-s.blocks:
			s.rest, s.held, s.err = b.b, b.b, b.err
		case <-s.ctx.Done():
			return 0, context.Cause(s.ctx)
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// tell reports progress each time that another hundredth, or 256 KiB, was read.
func (s *source) tell(last bool) {
	if s.progress == nil {
		return
	}
	step := int64(256 << 10)
	if s.total > 0 {
		step = min(step, s.total/100)
	}
	read := s.disk.n.Load()
	if last || read-s.told > step {
		s.told = read
		s.progress(read, s.total)
	}
}

// close ends the goroutine and waits for it, so that nothing reads from the
// caller's reader afterwards. A reader that blocks must be closed by its owner.
func (s *source) close() {
	if s.r == nil {
		close(s.quit)
		s.wait.Wait()
	}
	s.tell(true)
}

// sourceError is the Error, still without its place, for an error of a source;
// it is none for the context's.
func sourceError(err error, whole int) (*Error, bool) {
	switch err := err.(type) { //nolint:errorlint // both come straight from the reader below, never wrapped
	case packed:
		return packedError(err.err, whole), true
	case unread:
		return &Error{Key: "log.read", Args: fault.Args{"reason": err.err.Error()}, cause: err.err}, true
	}
	if errors.Is(err, io.EOF) {
		return &Error{Key: "log.truncated", Args: fault.Args{"whole": whole}, cause: io.ErrUnexpectedEOF}, true
	}
	return nil, false
}

func packedError(err error, whole int) *Error {
	key := "log.damaged_gzip"
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		key = "log.truncated_gzip"
	}
	return &Error{Key: key, Args: fault.Args{"whole": whole}, cause: err}
}
