package leaf_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"nazorat/internal/db"
	"nazorat/internal/db/dbtest"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
)

var ctx = context.Background()

func TestMain(m *testing.M) { dbtest.Main(m, dbtest.NoSync) }

func open(t testing.TB, location string) *db.DB {
	t.Helper()
	d, err := db.Create(ctx, location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(ctx, leaf.Migrations); err != nil {
		t.Fatal(err)
	}
	return d
}

// each runs a test on both databases. create gives a fresh one each time.
func each(t *testing.T, f func(t *testing.T, create func(testing.TB) *db.DB)) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		f(t, func(t testing.TB) *db.DB { return open(t, dbtest.SQLite(t)) })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		f(t, func(t testing.TB) *db.DB { return open(t, dbtest.Postgres(t)) })
	})
}

// data of the leaf with this number.
func data(n int64) journal.Hash {
	return sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n)))
}

func leaves(from, to int64) (out []journal.Hash) {
	for n := from; n < to; n++ {
		out = append(out, data(n))
	}
	return out
}

// reference is the same tree, built by tlog alone.
type reference []tlog.Hash

func (r reference) ReadHashes(indexes []int64) (out []tlog.Hash, err error) {
	for _, i := range indexes {
		out = append(out, r[i])
	}
	return out, nil
}

func referenceOf(t interface{ Fatal(...any) }, size int64) (r reference) {
	for n := range size {
		d := data(n)
		h, err := tlog.StoredHashes(n, d[:], r)
		if err != nil {
			t.Fatal(err)
		}
		r = append(r, h...)
	}
	return r
}

func appendLeaves(t interface{ Fatal(...any) }, d *db.DB, n int64) (size int64, root journal.Hash) {
	err := d.Write(ctx, func(tx *db.Tx) error {
		tip, err := leaf.Head(tx)
		if err != nil {
			return err
		}
		if err := tip.Append(tx, leaves(tip.Size, tip.Size+n)); err != nil {
			return err
		}
		size = tip.Size
		root, err = tip.Root()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size, root
}

// Whatever the sizes of the batches, the tree is the one that tlog builds alone.
func TestTreeIsTheOneThatTlogBuilds(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		var have int64
		var ref reference
		rapid.Check(t, func(rt *rapid.T) {
			n := rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(200, 300), rapid.Int64Range(500, 800)).Draw(rt, "batch")
			size, root := appendLeaves(rt, d, n)
			for ; have < size; have++ {
				leaf := data(have)
				h, err := tlog.StoredHashes(have, leaf[:], ref)
				if err != nil {
					rt.Fatal(err)
				}
				ref = append(ref, h...)
			}
			want, err := tlog.TreeHash(size, ref)
			if err != nil || root != journal.Hash(want) {
				rt.Fatalf("%d leaves with the root %s, want %x: %v", size, root, want[:], err)
			}
		})
	})
}

func TestTreeGrowsOverManyTiles(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		const total = 256*256 + 300
		for n := int64(0); n < total; n += 1000 {
			appendLeaves(t, d, min(1000, total-n))
		}
		size, root := appendLeaves(t, d, 0)
		ref, err := tlog.TreeHash(total, referenceOf(t, total))
		if err != nil || size != total || root != journal.Hash(ref) {
			t.Errorf("%d leaves with the root %s, want %x: %v", size, root, ref[:], err)
		}
	})
}

func TestFailedTransactionLeavesTheTreeAsItWas(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		_, before := appendLeaves(t, d, 300)
		boom := errors.New("boom")
		err := d.Write(ctx, func(tx *db.Tx) error {
			tip, err := leaf.Head(tx)
			if err != nil {
				return err
			}
			return errors.Join(tip.Append(tx, leaves(tip.Size, tip.Size+300)), boom)
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if size, root := appendLeaves(t, d, 0); size != 300 || root != before {
			t.Errorf("%d leaves, root %s, want 300 and %s", size, root, before)
		}
		if size, _ := appendLeaves(t, d, 1); size != 301 {
			t.Errorf("the next leaf makes %d", size)
		}
	})
}

func TestStoredTreeIsNeverChanged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		appendLeaves(t, d, 300)
		for _, text := range []string{
			`UPDATE journal_leaf SET data = data`, `DELETE FROM journal_leaf`, `UPDATE journal_node SET hash = hash`, `DELETE FROM journal_node`,
		} {
			if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err == nil {
				t.Errorf("%s went through", text)
			}
		}
	})
}

func TestHeadThatDoesNotFitItselfIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, create func(testing.TB) *db.DB) {
		d := create(t)
		appendLeaves(t, d, 3)
		err := d.Write(ctx, func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE journal_head SET size = 4`); err != nil {
				return err
			}
			_, err := leaf.Head(tx)
			return err
		})
		if err == nil {
			t.Error("a head with too many hashes was taken")
		}
	})
}

// BenchmarkAppend is a transaction that does nothing but append; "nothing" is one
// that changes one row, for comparison. ns/leaf is the figure.
func BenchmarkAppend(b *testing.B) {
	for name, location := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		run := func(what string, size int64, f func(*db.Tx) error) {
			b.Run(name+"/"+what, func(b *testing.B) {
				d := open(b, location(b))
				n := 0
				for b.Loop() {
					if err := d.Write(ctx, f); err != nil {
						b.Fatal(err)
					}
					n++
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(int64(n)*size), "ns/leaf")
			})
		}
		run("nothing", 1, func(tx *db.Tx) error { _, err := tx.Exec(`UPDATE journal_head SET size = size`); return err })
		for _, size := range []int64{1, 8, 64, 256} {
			batch := leaves(0, size)
			run(fmt.Sprint(size), size, func(tx *db.Tx) error {
				tip, err := leaf.Head(tx)
				if err != nil {
					return err
				}
				return tip.Append(tx, batch)
			})
		}
	}
}
