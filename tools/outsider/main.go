// Command nazorat-outsider reads a public log with the code of another project,
// Trillian Tessera, and nothing of ours: the test of internal/publiclog runs it
// against a served log. It fetches every tile and every bundle of entries and
// computes the tree from them (fsck), proves leaves and growth, and checks the
// checkpoint's signatures, a witness's among them.
//
//	nazorat-outsider URL KEY WITNESS-KEY OLD-SIZE OLD-ROOT(hex)
//
// It is a module of its own, for tests alone, so that the product has none of its dependencies.
package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"strconv"

	cosigned "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	log.SetFlags(0)
	if err := run(context.Background(), os.Args[1:]); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) != 5 {
		return fmt.Errorf("usage: nazorat-outsider URL KEY WITNESS-KEY OLD-SIZE OLD-ROOT")
	}
	at, err := url.Parse(args[0])
	if err != nil {
		return err
	}
	office, err := note.NewVerifier(args[1])
	if err != nil {
		return err
	}
	witness, err := cosigned.NewVerifierForCosignatureV1(args[2])
	if err != nil {
		return err
	}
	oldSize, err := strconv.ParseUint(args[3], 10, 64)
	if err != nil {
		return err
	}
	oldRoot, err := hex.DecodeString(args[4])
	if err != nil {
		return err
	}
	fetcher, err := client.NewHTTPFetcher(at, http.DefaultClient)
	if err != nil {
		return err
	}
	check := fsck.New(office.Name(), office, fetcher, hashes, fsck.Opts{N: 2})
	if err := check.Check(ctx); err != nil {
		return fmt.Errorf("the whole log: %w", err)
	}
	cp, raw, _, err := client.FetchCheckpoint(ctx, fetcher.ReadCheckpoint, office, office.Name())
	if err != nil {
		return err
	}
	n, err := note.Open(raw, note.VerifierList(office, witness))
	if err != nil {
		return err
	}
	if len(n.Sigs) != 2 {
		return fmt.Errorf("%d signatures hold, want the office's and the witness's", len(n.Sigs))
	}
	builder, err := client.NewProofBuilder(ctx, cp.Size, fetcher.ReadTile)
	if err != nil {
		return err
	}
	for _, index := range []uint64{0, cp.Size / 3, cp.Size / 2, cp.Size - 1} {
		p, err := builder.InclusionProof(ctx, index)
		if err != nil {
			return err
		}
		bundle, err := client.GetEntryBundle(ctx, fetcher.ReadEntryBundle, index/256, cp.Size)
		if err != nil {
			return err
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(bundle.Entries[index%256])
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, index, cp.Size, leaf, p, cp.Hash); err != nil {
			return fmt.Errorf("leaf %d: %w", index, err)
		}
	}
	p, err := builder.ConsistencyProof(ctx, oldSize, cp.Size)
	if err != nil {
		return err
	}
	if err := proof.VerifyConsistency(rfc6962.DefaultHasher, oldSize, cp.Size, p, oldRoot, cp.Hash); err != nil {
		return fmt.Errorf("growth from %d: %w", oldSize, err)
	}
	fmt.Printf("%d leaves hold\n", cp.Size)
	return nil
}

func hashes(bundle []byte) ([][]byte, error) {
	var b api.EntryBundle
	if err := b.UnmarshalText(bytes.Clone(bundle)); err != nil {
		return nil, err
	}
	out := make([][]byte, len(b.Entries))
	for i, e := range b.Entries {
		out[i] = rfc6962.DefaultHasher.HashLeaf(e)
	}
	return out, nil
}
