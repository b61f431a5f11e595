package publiclog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/journal"
)

// Reader checks a log over HTTP as a stranger does: it believes nothing but signatures.
type Reader struct {
	prefix string
	client *http.Client
	keys   journal.Keys
}

// NewReader makes a reader of the log at a URL, such as https://office.example/log/.
func NewReader(url string, client *http.Client, keys journal.Keys) *Reader {
	return &Reader{prefix: strings.TrimSuffix(url, "/") + "/", client: client, keys: keys}
}

// Checkpoint fetches the newest checkpoint and opens it.
func (r *Reader) Checkpoint(ctx context.Context) (*journal.Signed, error) {
	body, err := r.get(ctx, "checkpoint", 64<<10)
	if err != nil {
		return nil, err
	}
	s, err := journal.OpenCheckpoint(body, r.keys)
	if err != nil {
		return nil, fmt.Errorf("%scheckpoint: %w", r.prefix, err)
	}
	return s, nil
}

// Check fetches every entry and every tile that a checkpoint covers and holds them
// against it. before, where given, is one that was seen earlier: the log must be
// its continuation. The error wraps journal.ErrBroken where something does not fit.
func (r *Reader) Check(ctx context.Context, s *journal.Signed, before *journal.Signed) error {
	if before != nil && (before.Origin != s.Origin || before.Size > s.Size) {
		return fmt.Errorf("%w: %s has %d leaves; %s had %d when it was seen last", journal.ErrBroken, s.Origin, s.Size, before.Origin, before.Size)
	}
	var tree journal.Frontier
	fits := func() error {
		for _, c := range []*journal.Signed{before, s} {
			if c == nil || c.Size != tree.Size {
				continue
			}
			root, err := tree.Root()
			if err != nil {
				return err
			}
			if root != c.Root {
				return fmt.Errorf("%w: the first %d leaves have the root %s, signed was %s", journal.ErrBroken, c.Size, root, c.Root)
			}
		}
		return nil
	}
	var levels [deepest + 1][]byte // the tile of each level that is being filled
	if err := fits(); err != nil {
		return err
	}
	for tree.Size < s.Size {
		list, err := r.entries(ctx, tree.Size/256, s.Size)
		if err != nil {
			return err
		}
		for _, entry := range list {
			done, err := tree.Add(tlog.RecordHash(entry))
			if err != nil {
				return err
			}
			for level := 0; level*8 < len(done); level++ {
				levels[level] = append(levels[level], done[level*8][:]...)
				if len(levels[level]) == 256*hashSize {
					if err := r.same(ctx, level, (tree.Size-1)>>(8*(level+1)), levels[level]); err != nil {
						return err
					}
					levels[level] = levels[level][:0]
				}
			}
			if err := fits(); err != nil {
				return err
			}
		}
	}
	for level, data := range levels {
		if len(data) == 0 {
			continue
		}
		if err := r.same(ctx, level, s.Size>>(8*(level+1)), data); err != nil {
			return err
		}
	}
	return nil
}

// entries fetches one bundle.
func (r *Reader) entries(ctx context.Context, n, size int64) ([][]byte, error) {
	w := min(256, size-n*256)
	path := pathOf("entries", n, int(w))
	body, err := r.get(ctx, path, 256*(2+1<<16))
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for len(body) >= 2 {
		length := int(binary.BigEndian.Uint16(body))
		if body = body[2:]; length > len(body) {
			break
		}
		out, body = append(out, body[:length]), body[length:]
	}
	if len(body) > 0 || int64(len(out)) != w {
		return nil, fmt.Errorf("%w: %s holds no %d entries", journal.ErrBroken, path, w)
	}
	return out, nil
}

// same fetches a tile and holds it against what it must be.
func (r *Reader) same(ctx context.Context, level int, n int64, want []byte) error {
	path := pathOf(strconv.Itoa(level), n, len(want)/hashSize)
	body, err := r.get(ctx, path, 256*int64(hashSize))
	if err != nil {
		return err
	}
	if !bytes.Equal(body, want) {
		return fmt.Errorf("%w: %s is not made of the entries below it", journal.ErrBroken, path)
	}
	return nil
}

func pathOf(level string, n int64, w int) string {
	t := tlog.Tile{H: 8, L: 0, N: n, W: w}
	return "tile/" + level + strings.TrimPrefix(t.Path(), "tile/8/0")
}

var errTooLong = errors.New("the answer is too long")

func (r *Reader) get(ctx context.Context, path string, most int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.prefix+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := r.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, most+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s%s: %w", r.prefix, path, err)
	case res.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("%s%s: %s", r.prefix, path, res.Status)
	case int64(len(body)) > most:
		return nil, fmt.Errorf("%s%s: %w", r.prefix, path, errTooLong)
	}
	return body, nil
}
