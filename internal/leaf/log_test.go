package leaf_test

import (
	stdcontext "context"
	"crypto/rand"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"nazorat/internal/calendar"
	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/fault"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/seal"
)

func key(t testing.TB, name string) (note.Signer, *journal.Key) {
	t.Helper()
	private, public, err := note.GenerateKey(rand.Reader, name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(private)
	if err != nil {
		t.Fatal(err)
	}
	k, err := journal.ParseKey(public)
	if err != nil {
		t.Fatal(err)
	}
	return s, k
}

func tlogHashes(list []journal.Hash) (out []tlog.Hash) {
	for _, h := range list {
		out = append(out, tlog.Hash(h))
	}
	return out
}

func TestProofsOfAnySizeHold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		const total = 256*257 + 9
		for n := int64(0); n < total; n += 997 {
			appendLeaves(t, d, min(997, total-n))
		}
		ref, log := referenceOf(t, total), leaf.Open(d)
		root := func(rt *rapid.T, size int64) tlog.Hash {
			h, err := tlog.TreeHash(size, ref)
			if err != nil {
				rt.Fatal(err)
			}
			return h
		}
		rapid.Check(t, func(rt *rapid.T) {
			size := rapid.OneOf(rapid.Int64Range(1, total), rapid.SampledFrom([]int64{1, 255, 256, 257, 512, 65535, 65536, 65537, total})).Draw(rt, "size")
			before, n := rapid.Int64Range(1, size).Draw(rt, "before"), rapid.Int64Range(0, size-1).Draw(rt, "leaf")
			have, err := log.Root(ctx, size)
			if err != nil || tlog.Hash(have) != root(rt, size) {
				rt.Fatalf("root %s, want %s: %v", have, root(rt, size), err)
			}
			d := data(n)
			in, err := log.Inclusion(ctx, n, size)
			if err != nil || tlog.CheckRecord(tlogHashes(in), size, root(rt, size), n, tlog.RecordHash(d[:])) != nil {
				rt.Fatalf("leaf %d of %d: %v, %v", n, size, in, err)
			}
			con, err := log.Consistency(ctx, before, size)
			if err != nil || tlog.CheckTree(tlogHashes(con), size, root(rt, size), before, root(rt, before)) != nil {
				rt.Fatalf("%d of %d: %v, %v", before, size, con, err)
			}
		})
		if _, err := log.Inclusion(ctx, total, total); !fault.Is(err, fault.NotFound) {
			t.Errorf("a leaf that is not there: %v", err)
		}
		for _, bad := range []tlog.Tile{{H: 8, L: 0, N: 300, W: 1}, {H: 8, L: 0, N: 257, W: 10}, {H: 8, L: 1, N: 1, W: 2}, {H: 8, L: 2, N: 0, W: 2}, {H: 8, L: 9, N: 0, W: 1}, {H: 8, L: 0, N: 1 << 60, W: 1}, {H: 7, L: 0, N: 0, W: 1}} {
			if tile, err := log.Tile(ctx, bad); err == nil {
				t.Errorf("tile %v: %d bytes", bad, len(tile))
			}
		}
	})
}

func TestCheckpointIsSignedWhenTheTreeHasGrown(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		log := leaf.Open(d)
		if _, err := log.Latest(ctx); !fault.Is(err, fault.NotFound) {
			t.Errorf("a checkpoint before the first: %v", err)
		}
		signer, public := key(t, "office.example/log")
		empty, err := log.Checkpoint(ctx, signer, 1)
		if err != nil || empty.Size != 0 {
			t.Fatalf("%v, %v", empty, err)
		}
		_, root := appendLeaves(t, d, 300)
		first, err := log.Checkpoint(ctx, signer, 2)
		if err != nil || first.Size != 300 || first.Root != root {
			t.Fatalf("%v, %v", first, err)
		}
		signed, err := journal.OpenCheckpoint(first.Note, journal.Keys{public})
		if err != nil || signed.Checkpoint != first.Checkpoint {
			t.Errorf("%v, %v", signed, err)
		}
		if again, err := log.Checkpoint(ctx, signer, 3); err != nil || again.At != 2 {
			t.Errorf("a tree that has not grown was signed again: %v, %v", again, err)
		}
		other, _ := key(t, "office.example/log")
		if turned, err := log.Checkpoint(ctx, other, 4); err != nil || turned.At != 4 || turned.Size != 300 {
			t.Errorf("another key of the same name: %v, %v", turned, err)
		}
		elsewhere, _ := key(t, "elsewhere.example")
		if _, err := log.Checkpoint(ctx, elsewhere, 5); err == nil {
			t.Error("a key of another name signed")
		}
		all, err := log.Checkpoints(ctx, -1, "", 10)
		if err != nil || len(all) != 3 || all[0].Size != 0 || all[1].Size != 300 || all[2].Size != 300 {
			t.Errorf("%v, %v", all, err)
		}
		if rest, err := log.Checkpoints(ctx, all[0].Size, all[0].Signer, 1); err != nil || len(rest) != 1 || rest[0].Signer != all[1].Signer {
			t.Errorf("%v, %v", rest, err)
		}
	})
}

// zeroes are what only SQLite has a function for.
var zeroes = regexp.MustCompile(`zeroblob\(((?:[^()]|\([^()]*\))*)\)`)

// free takes the guards off the tables, as somebody with the database in his hands can.
func free(t *testing.T, d *db.DB, texts ...string) {
	t.Helper()
	dbtest.Unguard(t, d, "journal_leaf")
	dbtest.Unguard(t, d, "journal_node")
	err := d.Write(ctx, func(tx *db.Tx) error {
		for _, text := range texts {
			if d.Dialect.Name == db.Postgres.Name {
				text = zeroes.ReplaceAllString(strings.ReplaceAll(text, `x''`, `'\x'`), `decode(repeat('00', ($1)::int), 'hex')`)
			}
			if _, err := tx.Exec(text); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTreeThatDoesNotExtendTheLastOneIsNeverSigned(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string][]string{
		"a leaf was changed":   {`UPDATE journal_leaf SET data = zeroblob(length(data)) WHERE first = 256`},
		"leaves were lost":     {`DELETE FROM journal_leaf WHERE first = 256`},
		"a hash was lost":      {`DELETE FROM journal_node`},
		"the tree has shrunk":  {`UPDATE journal_head SET size = 256, peaks = substr(peaks, 1, 32)`},
		"the head was changed": {`UPDATE journal_head SET peaks = zeroblob(length(peaks))`},
		"another beginning": {`DELETE FROM journal_leaf`, `DELETE FROM journal_node`, `INSERT INTO journal_leaf (first, n, data) SELECT 0, 256, zeroblob(8192)`,
			`INSERT INTO journal_leaf (first, n, data) SELECT 256, 88, zeroblob(88 * 32)`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, location string) {
				d := open(t, location)
				log := leaf.Open(d)
				signer, _ := key(t, "office.example/log")
				appendLeaves(t, d, 300)
				if _, err := log.Checkpoint(ctx, signer, 1); err != nil {
					t.Fatal(err)
				}
				appendLeaves(t, d, 44)
				free(t, d, harm...)
				if s, err := log.Checkpoint(ctx, signer, 2); err == nil {
					t.Errorf("signed %+v", s)
				}
				if last, err := log.Latest(ctx); err != nil || last.Size != 300 {
					t.Errorf("%v, %v", last, err)
				}
				if _, err := log.Check(ctx, nil); !errors.Is(err, journal.ErrBroken) && name != "the tree has shrunk" { // which fits itself, being smaller
					t.Errorf("the tree is said to fit itself: %v", err)
				}
			})
		})
	}
}

// An old backup goes on with other leaves: what it signs would be a second tree.
func TestTreeWithAnotherPastIsCalledForked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, treeWithAnotherPastIsCalledForked)
}

func treeWithAnotherPastIsCalledForked(t *testing.T, location string) {
	d := open(t, location)
	log := leaf.Open(d)
	signer, _ := key(t, "office.example/log")
	appendLeaves(t, d, 300)
	if _, err := log.Checkpoint(ctx, signer, 1); err != nil {
		t.Fatal(err)
	}
	free(t, d, `DELETE FROM journal_leaf`, `DELETE FROM journal_node`, `UPDATE journal_head SET size = 0, peaks = x''`)
	err := d.Write(ctx, func(tx *db.Tx) error {
		tip, err := leaf.Head(tx)
		if err != nil {
			return err
		}
		return tip.Append(tx, leaves(1000, 1400))
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := log.Checkpoint(ctx, signer, 2); !errors.Is(err, leaf.ErrForked) {
		t.Errorf("another past: %v", err)
	}
}

func TestFencedWriterKeepsNoCheckpoint(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		log := leaf.Open(d)
		lost := errors.New("lost")
		log.Fence = func(_ stdcontext.Context, _ *db.Tx) error { return lost }
		signer, _ := key(t, "office.example/log")
		if _, err := log.Checkpoint(ctx, signer, 1); !errors.Is(err, lost) {
			t.Errorf("%v", err)
		}
		if _, err := log.Latest(ctx); !fault.Is(err, fault.NotFound) {
			t.Errorf("it was kept: %v", err)
		}
	})
}

func TestCosignaturesStandUnderTheNote(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		log := leaf.Open(d)
		signer, _ := key(t, "office.example/log")
		_, witness := key(t, "witness.example")
		s, err := log.Checkpoint(ctx, signer, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"— witness.example AAAA", "— witness.example BBBB"} { // the second is not kept
			if err := log.Cosigned(ctx, s, witness, line); err != nil {
				t.Fatal(err)
			}
		}
		last, err := log.Latest(ctx)
		if err != nil || !strings.HasSuffix(string(last.Note), "\n— witness.example AAAA\n") || !strings.HasPrefix(string(last.Note), string(s.Note)) {
			t.Errorf("%s, %v", last.Note, err)
		}
	})
}

// A database restored from an old backup knows nothing of what was signed since. The
// signer does: it keeps a memory of its own.
func TestOldBackupIsNoticedByTheSignersMemory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		path := filepath.Join(t.TempDir(), "office.key")
		if _, err := seal.Generate(path, "office.example/log"); err != nil {
			t.Fatal(err)
		}
		signer, err := seal.Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		d, backup := create(t), create(t)
		for _, c := range []*db.DB{d, backup} {
			appendLeaves(t, c, 300)
		}
		appendLeaves(t, d, 44)
		if _, err := leaf.Open(d).Checkpoint(ctx, signer, 1); err != nil {
			t.Fatal(err)
		}
		if _, err := leaf.Open(backup).Checkpoint(ctx, signer, 2); !errors.Is(err, leaf.ErrForked) {
			t.Errorf("with leaves missing: %v", err)
		}
		err = backup.Write(ctx, func(tx *db.Tx) error {
			tip, err := leaf.Head(tx)
			if err != nil {
				return err
			}
			return tip.Append(tx, leaves(5000, 5100))
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := leaf.Open(backup).Checkpoint(ctx, signer, 3); !errors.Is(err, leaf.ErrForked) {
			t.Errorf("with other leaves in their place: %v", err)
		}
	})
}

func TestStoredTreeFitsItself(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		log := leaf.Open(d)
		if n, err := log.Check(ctx, nil); n != 0 || err != nil {
			t.Errorf("an empty tree: %d, %v", n, err)
		}
		for _, n := range []int64{1, 255, 1, 1000, 700} {
			appendLeaves(t, d, n)
		}
		want := int64(0)
		n, err := log.Check(ctx, func(at int64, leaf journal.Hash) error {
			if at != want || leaf != data(at) {
				t.Fatalf("leaf %d is %s", at, leaf)
			}
			want++
			return nil
		})
		if n != 1957 || want != n || err != nil {
			t.Errorf("%d of %d, %v", want, n, err)
		}
	})
}

func TestPublicKeysOfThoseWhoSignedAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		log := leaf.Open(d)
		var want []string
		for i := range 2 {
			path := filepath.Join(t.TempDir(), "office.key")
			k, err := seal.Generate(path, "office.example/log")
			if err != nil {
				t.Fatal(err)
			}
			s, err := seal.Open(ctx, path)
			if err != nil {
				t.Fatal(err)
			}
			for j := range 2 {
				appendLeaves(t, d, 1)
				if _, err := log.Checkpoint(ctx, s, calendar.Moment(2*i+j)); err != nil {
					t.Fatal(err)
				}
			}
			want = append([]string{k.String()}, want...)
		}
		keys, err := log.Keys(ctx)
		if err != nil || len(keys) != 2 || keys[0].String() != want[0] || keys[1].String() != want[1] {
			t.Errorf("%v, want %v: %v", keys, want, err)
		}
	})
}
