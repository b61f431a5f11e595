package publiclog_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/publiclog"
)

var ctx = context.Background()

const origin = "office.example/log"

// office is a log with its key.
type office struct {
	db     *db.DB
	log    *leaf.Log
	signer note.Signer
	key    *journal.Key
	now    calendar.Moment
}

func open(t testing.TB) *office {
	t.Helper()
	d, err := db.Create(ctx, dbtest.One(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(ctx, leaf.Migrations); err != nil {
		t.Fatal(err)
	}
	private, public, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		t.Fatal(err)
	}
	o := &office{db: d, log: leaf.Open(d)}
	if o.signer, err = note.NewSigner(private); err != nil {
		t.Fatal(err)
	}
	if o.key, err = journal.ParseKey(public); err != nil {
		t.Fatal(err)
	}
	return o
}

func data(n int64) journal.Hash {
	return sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n)))
}

// grow appends n leaves; sign signs them.
func (o *office) grow(t testing.TB, n int64) {
	t.Helper()
	err := o.db.Write(ctx, func(tx *db.Tx) error {
		tip, err := leaf.Head(tx)
		if err != nil {
			return err
		}
		var list []journal.Hash
		for i := range n {
			list = append(list, data(tip.Size+i))
		}
		return tip.Append(tx, list)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (o *office) sign(t testing.TB) *leaf.Stored {
	t.Helper()
	o.now++
	s, err := o.log.Checkpoint(ctx, o.signer, o.now)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// serve mounts the log as an office does.
func (o *office) serve(t testing.TB, witnesses int) (url string) {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/log/", http.StripPrefix("/log/", &publiclog.Handler{Log: o.log, Witnesses: witnesses}))
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL + "/log/"
}

func get(t testing.TB, url string) (*http.Response, []byte) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

// tiles is the client of the Go checksum database, over HTTP.
type tiles struct{ url string }

func (c tiles) Height() int                     { return 8 }
func (c tiles) SaveTiles([]tlog.Tile, [][]byte) {}
func (c tiles) path(t tlog.Tile) string         { return strings.Replace(t.Path(), "tile/8/", "tile/", 1) }
func (c tiles) ReadTiles(list []tlog.Tile) (out [][]byte, err error) {
	for _, t := range list {
		res, err := http.Get(c.url + c.path(t))
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("%s: %s, %w", t.Path(), res.Status, err)
		}
		out = append(out, body)
	}
	return out, nil
}

// The client that Go's own tools use to trust sums of modules reads our tiles, checks each
// against the signed root, and proves leaves and growth with them.
func TestClientOfTheChecksumDatabaseReadsOurTiles(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.grow(t, 70)
	before := o.sign(t)
	o.grow(t, 70000-70)
	o.sign(t)
	o.grow(t, 5) // not signed yet
	url := o.serve(t, 0)
	_, body := get(t, url+"checkpoint")
	signed, err := journal.OpenCheckpoint(body, journal.Keys{o.key})
	if err != nil || signed.Size != 70000 {
		t.Fatalf("%v, %v", signed, err)
	}
	root := tlog.Hash(signed.Root)
	reader := tlog.TileHashReader(tlog.Tree{N: signed.Size, Hash: root}, tiles{url})
	for _, n := range []int64{0, 1, 255, 256, 65535, 65536, 69999} {
		p, err := tlog.ProveRecord(signed.Size, n, reader)
		if err != nil {
			t.Fatalf("leaf %d: %v", n, err)
		}
		d := data(n)
		if err := tlog.CheckRecord(p, signed.Size, root, n, tlog.RecordHash(d[:])); err != nil {
			t.Errorf("leaf %d: %v", n, err)
		}
	}
	p, err := tlog.ProveTree(signed.Size, before.Size, reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := tlog.CheckTree(p, signed.Size, root, before.Size, tlog.Hash(before.Root)); err != nil {
		t.Error(err)
	}
}

// The example of the specification: 70,000 leaves are 273 full tiles of level 0, and so on.
func TestPathsAreThoseOfTheSpecification(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.grow(t, 70000)
	o.sign(t)
	o.grow(t, 300)
	url := o.serve(t, 0)
	for _, c := range []struct {
		path  string
		bytes int
	}{
		{"tile/0/000", 8192}, {"tile/0/272", 8192}, {"tile/0/273.p/112", 112 * 32}, {"tile/0/273.p/1", 32}, {"tile/1/000", 8192}, {"tile/1/001.p/17", 17 * 32},
		{"tile/2/000.p/1", 32}, {"tile/entries/000", 256 * 34}, {"tile/entries/273.p/112", 112 * 34},
	} {
		res, body := get(t, url+c.path)
		if res.StatusCode != http.StatusOK || len(body) != c.bytes || res.Header.Get("Content-Type") != "application/octet-stream" || !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %s, %d bytes, %v", c.path, res.Status, len(body), res.Header)
		}
	}
	for _, path := range []string{
		"tile/0/273", "tile/0/273.p/113", "tile/0/274", "tile/1/001", "tile/1/001.p/18", "tile/2/000", "tile/2/000.p/2", "tile/3/000.p/1", "tile/entries/273", "tile/entries/274.p/1",
		"tile/0/273.p/0", "tile/0/273.p/256", "tile/0/273.p/012", "tile/00/000", "tile/0/0", "tile/0/00", "tile/0/x000/000", "tile/0/000.p/", "tile/64/000", "tile/-1/000", "tile/data/000",
		"tile/7/x999/x999/x999/x999/x999/x999/999", "tile/0/" + strings.Repeat("x999/", 30) + "999", "tile/8/0/000", "tile", "", "nothing", "tile/0/000/", "tile/0/%2e%2e/checkpoint",
	} {
		if res, body := get(t, url+path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s, %d bytes", path, res.Status, len(body))
		}
	}
	_, bundle := get(t, url+"tile/entries/273.p/112")
	_, hashes := get(t, url+"tile/0/273.p/112")
	for i := range 112 {
		entry := bundle[i*34 : i*34+34]
		if want := data(273*256 + int64(i)); binary.BigEndian.Uint16(entry) != 32 || string(entry[2:]) != string(want[:]) {
			t.Fatalf("entry %d is %x", i, entry)
		}
		if want := tlog.RecordHash(entry[2:]); string(hashes[i*32:i*32+32]) != string(want[:]) {
			t.Fatalf("hash %d is not that of its entry", i)
		}
	}
}

func TestCheckpointIsServedForASecond(t *testing.T) {
	t.Parallel()
	o := open(t)
	url := o.serve(t, 0)
	if res, _ := get(t, url+"checkpoint"); res.StatusCode != http.StatusNotFound || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("before the first: %s, %v", res.Status, res.Header)
	}
	if res, _ := get(t, url+"tile/0/000.p/1"); res.StatusCode != http.StatusNotFound {
		t.Errorf("a tile before the first: %s", res.Status)
	}
	o.sign(t)
	res, body := get(t, url+"checkpoint")
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/plain; charset=utf-8" || res.Header.Get("Cache-Control") != "public, max-age=1" || !strings.HasPrefix(string(body), origin+"\n0\n") {
		t.Errorf("%s, %v\n%s", res.Status, res.Header, body)
	}
	res, err := http.Post(url+"checkpoint", "text/plain", strings.NewReader("x"))
	if err != nil || res.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("%v, %v", res, err)
	}
	_ = res.Body.Close()
	if res, err := http.Head(url + "checkpoint"); err != nil || res.StatusCode != http.StatusOK || res.ContentLength != int64(len(body)) {
		t.Errorf("%v, %v", res, err)
	}
}

func TestAFaultOfOursTellsNothing(t *testing.T) {
	t.Parallel()
	o := open(t)
	o.grow(t, 3)
	o.sign(t)
	url := o.serve(t, 0)
	if err := o.db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"checkpoint", "tile/0/000.p/3", "tile/entries/000.p/3"} {
		if res, body := get(t, url+path); res.StatusCode != http.StatusInternalServerError || string(body) != "internal error\n" {
			t.Errorf("%s: %s\n%s", path, res.Status, body)
		}
	}
}

// tamper makes the tree anew with another leaf in the place of the first.
func tamper(t *testing.T, d *db.DB) {
	t.Helper()
	dbtest.Unguard(t, d, "journal_leaf")
	dbtest.Unguard(t, d, "journal_node")
	err := d.Write(ctx, func(tx *db.Tx) error {
		for _, text := range []string{`DELETE FROM journal_leaf`, `DELETE FROM journal_node`} {
			if _, err := tx.Exec(text); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE journal_head SET size = 0, peaks = $1`, []byte{}); err != nil {
			return err
		}
		tip, err := leaf.Head(tx)
		if err != nil {
			return err
		}
		list := []journal.Hash{{1, 2, 3}}
		for n := range int64(300) {
			list = append(list, data(n+1))
		}
		return tip.Append(tx, list)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tamperOne changes one byte of one stored leaf.
func tamperOne(t *testing.T, o *office) {
	t.Helper()
	dbtest.Unguard(t, o.db, "journal_leaf")
	err := o.db.Write(ctx, func(tx *db.Tx) error {
		var data []byte
		if err := tx.QueryRow(`SELECT data FROM journal_leaf WHERE first = 512`).Scan(&data); err != nil {
			return err
		}
		data[77] ^= 1
		_, err := tx.Exec(`UPDATE journal_leaf SET data = $1 WHERE first = 512`, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Whatever is asked for is answered, and what is given fits the tree.
func FuzzPaths(f *testing.F) {
	o := open(f)
	o.grow(f, 300)
	o.sign(f)
	h := &publiclog.Handler{Log: o.log}
	for _, path := range []string{"checkpoint", "tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/7", "tile/7/x999/999"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = path
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusOK && w.Code != http.StatusNotFound {
			t.Errorf("%q: %d", path, w.Code)
		}
		if w.Code == http.StatusOK && path != "checkpoint" && w.Body.Len()%32 != 0 && w.Body.Len()%34 != 0 {
			t.Errorf("%q: %d bytes", path, w.Body.Len())
		}
	})
}
