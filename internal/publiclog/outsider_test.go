package publiclog_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"nazorat/internal/publiclog"
)

// outsider builds a reader that holds code of another project alone.
func outsider(t *testing.T) string {
	t.Helper()
	if out, err := exec.Command("go", "-C", "../../tools/outsider", "mod", "download").CombinedOutput(); err != nil {
		t.Skipf("the other project's client cannot be had here: %s", out)
	}
	binary := filepath.Join(t.TempDir(), "outsider")
	cmd := exec.Command("go", "-C", "../../tools/outsider", "build", "-o", binary, ".")
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=readonly")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return binary
}

// Tessera's client and its fsck read our tiles, our bundles and our checkpoints, a
// witness's signature among them; and they see when one byte of a leaf is another.
func TestClientOfTesseraVerifiesTheLog(t *testing.T) {
	t.Parallel()
	binary := outsider(t)
	o := open(t)
	w := newWitness(t, "witness.example", o)
	asker := publiclog.NewAsker(o.log, []publiclog.Witness{w.config()}, client())
	o.grow(t, 70)
	before := o.sign(t)
	o.grow(t, 66000)
	if err := asker.Ask(ctx, o.sign(t)); err != nil {
		t.Fatal(err)
	}
	url := o.serve(t, 1)
	run := func() (string, error) {
		out, err := exec.Command(binary, url, o.key.String(), w.key.String(), "70", before.Root.String()).CombinedOutput()
		return string(out), err
	}
	if out, err := run(); err != nil || !strings.Contains(out, "66070 leaves hold") {
		t.Fatalf("%v\n%s", err, out)
	}
	tamperOne(t, o)
	if out, err := run(); err == nil {
		t.Errorf("a changed leaf was not seen\n%s", out)
	}
}
