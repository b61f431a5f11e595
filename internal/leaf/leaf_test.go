package leaf_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"nazorat/internal/db"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
)

var ctx = context.Background()

func create(t testing.TB) *db.DB {
	t.Helper()
	d, err := db.Create(ctx, "sqlite:"+filepath.Join(t.TempDir(), "leaf.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(ctx, leaf.Migrations); err != nil {
		t.Fatal(err)
	}
	return d
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

func TestTreeIsTheOneThatTlogBuilds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		d := create(t)
		batches := rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(200, 300), rapid.Int64Range(500, 800)), 1, 6).Draw(rt, "batches")
		var want int64
		for _, n := range batches {
			size, root := appendLeaves(rt, d, n)
			want += n
			ref, err := tlog.TreeHash(want, referenceOf(rt, want))
			if err != nil || size != want || root != journal.Hash(ref) {
				rt.Fatalf("%d leaves with the root %s, want %d with %x: %v", size, root, want, ref[:], err)
			}
		}
	})
}

func TestTreeGrowsOverManyTiles(t *testing.T) {
	t.Parallel()
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
}

func TestFailedTransactionLeavesTheTreeAsItWas(t *testing.T) {
	t.Parallel()
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
}

func TestStoredTreeIsNeverChanged(t *testing.T) {
	t.Parallel()
	d := create(t)
	appendLeaves(t, d, 300)
	for _, text := range []string{
		`UPDATE journal_leaf SET data = data`, `DELETE FROM journal_leaf`, `UPDATE journal_node SET hash = hash`, `DELETE FROM journal_node`,
	} {
		if err := d.Write(ctx, func(tx *db.Tx) error { _, err := tx.Exec(text); return err }); err == nil {
			t.Errorf("%s went through", text)
		}
	}
}

func TestHeadThatDoesNotFitItselfIsRefused(t *testing.T) {
	t.Parallel()
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
}

// BenchmarkAppend is what the tree adds to a batch; ns/leaf is the figure.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int64{1, 8, 64, 256} {
		b.Run(map[int64]string{1: "1", 8: "8", 64: "64", 256: "256"}[size], func(b *testing.B) {
			d := create(b)
			batch := leaves(0, size)
			err := d.Write(ctx, func(tx *db.Tx) error {
				n := 0
				for b.Loop() {
					tip, err := leaf.Head(tx)
					if err != nil {
						return err
					}
					if err := tip.Append(tx, batch); err != nil {
						return err
					}
					n++
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(int64(n)*size), "ns/leaf")
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		})
	}
}
