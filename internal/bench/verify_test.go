package main

import (
	"bytes"
	"crypto/rand"
	"math"
	"syscall"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"nazorat/internal/bundle"
	"nazorat/internal/calendar"
	"nazorat/internal/journal"
	"nazorat/internal/leaf"
	"nazorat/internal/replay"
)

// BenchmarkVerify checks a bundle of the journal that a synthetic service has lived,
// as nazorat verify does, from bytes that lie in memory: unpacking, commitments,
// streams, tree, checkpoints. A checkpoint stands after every tenth entry, more often
// than a busy office signs one. Budget: 300,000 entries a second.
//
// cpu-us/entry is the processor time of the whole process: on a machine that is
// shared it says more than the rate.
func BenchmarkVerify(b *testing.B) {
	office, _ := lived(b)
	private, public, err := note.GenerateKey(rand.Reader, "office.example/log")
	must(b, err)
	s, err := note.NewSigner(private)
	must(b, err)
	k, err := journal.ParseKey(public)
	must(b, err)
	size, err := leaf.Open(office.DB).Size(ctx)
	must(b, err)
	for name, every := range map[string]int64{"signed_once": math.MaxInt64, "signed_every_10": 10} {
		var points []journal.Checkpoint
		var records []journal.Record
		var tree journal.Frontier
		point := func() {
			root, err := tree.Root()
			must(b, err)
			points = append(points, journal.Checkpoint{Origin: s.Name(), Size: tree.Size, Root: root})
		}
		must(b, replay.Records(ctx, office.DB, 0, size, func(r *journal.Record) error {
			records = append(records, *r)
			_, err := tree.Add(journal.TreeLeaf(r.Leaf))
			if tree.Size%every == 0 && tree.Size < size {
				point()
			}
			return err
		}))
		point()
		var packed bytes.Buffer
		w, err := bundle.NewWriter(&packed, bundle.Header{Origin: s.Name(), Size: size, Made: calendar.At(time.Now())})
		must(b, err)
		for _, c := range points {
			signed, err := c.Sign(s)
			must(b, err)
			must(b, w.Checkpoint(c, signed))
		}
		for i := range records {
			must(b, w.Record(&records[i]))
		}
		must(b, w.Close())
		b.Run(name, func(b *testing.B) {
			n, start := int64(0), processorTime(b)
			for b.Loop() {
				r, err := bundle.Verify(ctx, bytes.NewReader(packed.Bytes()), journal.Keys{k})
				must(b, err)
				n += r.Entries
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
			b.ReportMetric((processorTime(b)-start).Seconds()*1e6/float64(n), "cpu-us/entry")
			b.ReportMetric(float64(packed.Len())/float64(size), "bytes/entry")
		})
	}
}

// processorTime is what this process has used so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
