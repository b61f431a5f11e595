package publiclog_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"nazorat/internal/journal"
	"nazorat/internal/publiclog"
)

func TestStrangerChecksTheWholeLog(t *testing.T) {
	t.Parallel()
	for _, size := range []int64{0, 1, 255, 256, 257, 700, 256*256 + 3} {
		o := open(t)
		o.grow(t, size/3)
		first := o.sign(t)
		o.grow(t, size-size/3)
		o.sign(t)
		r := publiclog.NewReader(o.serve(t, 0), client(), journal.Keys{o.key})
		before, err := journal.OpenCheckpoint(first.Note, journal.Keys{o.key})
		if err != nil {
			t.Fatal(err)
		}
		s, err := r.Checkpoint(ctx)
		if err != nil || s.Size != size {
			t.Fatalf("%d leaves: %v, %v", size, s, err)
		}
		if err := r.Check(ctx, s, before); err != nil {
			t.Errorf("%d leaves: %v", size, err)
		}
	}
}

func TestStrangerFindsWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.grow(t, 700)
	o.sign(t)
	keys := journal.Keys{o.key}
	r := publiclog.NewReader(o.serve(t, 0), client(), keys)
	s, err := r.Checkpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	other := open(t)
	other.signer = o.signer
	tamper(t, other.db)
	second, err := journal.OpenCheckpoint(other.sign(t).Note, keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Check(ctx, s, second); !errors.Is(err, journal.ErrBroken) {
		t.Errorf("a second tree seen before: %v", err)
	}
	o2 := open(t)
	o2.signer = o.signer
	o2.grow(t, 800)
	larger, err := journal.OpenCheckpoint(o2.sign(t).Note, keys)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Check(ctx, s, larger); !errors.Is(err, journal.ErrBroken) {
		t.Errorf("a larger tree seen before: %v", err)
	}
	tamperOne(t, o)
	if err := r.Check(ctx, s, nil); !errors.Is(err, journal.ErrBroken) {
		t.Errorf("a changed leaf: %v", err)
	}
	if _, err := publiclog.NewReader(o.serve(t, 0), client(), nil).Checkpoint(ctx); !errors.Is(err, journal.ErrUnsigned) {
		t.Errorf("without a key: %v", err)
	}
}

func TestServerThatAnswersNonsenseIsRefused(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.grow(t, 300)
	o.sign(t)
	honest := o.serve(t, 0)
	keys := journal.Keys{o.key}
	s, err := publiclog.NewReader(honest, client(), keys).Checkpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for what, lie := range map[string]func(path string, body []byte) []byte{
		"entries cut off":      func(p string, b []byte) []byte { return b[:len(b)-1] },
		"one entry too many":   func(p string, b []byte) []byte { return append(b, 0, 0) },
		"an endless answer":    func(p string, b []byte) []byte { return make([]byte, 20<<20) },
		"a tile of other hash": func(p string, b []byte) []byte { b[0] ^= 1; return b },
	} {
		lying := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, body := get(t, strings.TrimSuffix(honest, "/")+r.URL.Path)
			if strings.Contains(r.URL.Path, "entries") == !strings.Contains(what, "tile") {
				body = lie(r.URL.Path, body)
			}
			_, _ = w.Write(body)
		}))
		if err := publiclog.NewReader(lying.URL, client(), keys).Check(ctx, s, nil); err == nil {
			t.Errorf("%s: not found", what)
		}
		lying.Close()
	}
	gone := httptest.NewServer(http.NotFoundHandler())
	defer gone.Close()
	if _, err := publiclog.NewReader(gone.URL, client(), keys).Checkpoint(ctx); err == nil || !strings.Contains(fmt.Sprint(err), "404") {
		t.Errorf("%v", err)
	}
}
