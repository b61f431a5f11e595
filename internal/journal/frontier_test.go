package journal_test

import (
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/journal"
)

func TestATreeGrowsAsItIsAddedTo(t *testing.T) {
	t.Parallel()
	var grown, added journal.Frontier
	for i := range 300 {
		leaf := journal.Hash{byte(i), byte(i >> 8)}
		if journal.TreeLeaf(leaf) != tlog.RecordHash(leaf[:]) {
			t.Fatalf("the hash of leaf %d is not that of RFC 6962", i)
		}
		grown.Grow(journal.TreeLeaf(leaf))
		if _, err := added.Add(tlog.RecordHash(leaf[:])); err != nil {
			t.Fatal(err)
		}
		one, err := grown.Root()
		if err != nil {
			t.Fatal(err)
		}
		other, err := added.Root()
		if err != nil {
			t.Fatal(err)
		}
		if one != other || grown.Size != added.Size {
			t.Fatalf("of %d leaves the roots are %s and %s", i+1, one, other)
		}
	}
}
