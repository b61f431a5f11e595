package journal_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"nazorat/internal/journal"
)

func witnessKey(t testing.TB, name string) (ed25519.PrivateKey, *journal.Key) {
	t.Helper()
	pub, private, err := ed25519.GenerateKey(rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	k, err := journal.NewKey(name, pub, true)
	if err != nil {
		t.Fatal(err)
	}
	return private, k
}

// cosign is a witness's line under a checkpoint.
func cosign(private ed25519.PrivateKey, k *journal.Key, text string, at int64) string {
	sig := binary.BigEndian.AppendUint32(nil, k.KeyHash())
	sig = binary.BigEndian.AppendUint64(sig, uint64(at))
	sig = append(sig, ed25519.Sign(private, journal.CosignedText(at, []byte(text)))...)
	return "— " + k.Name() + " " + base64.StdEncoding.EncodeToString(sig) + "\n"
}

// The example of C2SP tlog-cosignature: a key and a line that others have made.
func TestKeysAreThoseOfSignedNotes(t *testing.T) {
	t.Parallel()
	_, k := officeKey(t, 1)
	theirs, err := note.NewVerifier(k.String())
	if err != nil || theirs.Name() != k.Name() || theirs.KeyHash() != k.KeyHash() {
		t.Errorf("%v, %v", theirs, err)
	}
	back, err := journal.ParseKey(k.String())
	if err != nil || back.String() != k.String() || back.Witness() {
		t.Errorf("%v, %v", back, err)
	}
	_, w := witnessKey(t, "w.example")
	if back, err := journal.ParseKey(w.String()); err != nil || !back.Witness() || back.String() != w.String() {
		t.Errorf("%v, %v", back, err)
	}
	good := k.String()
	for _, bad := range []string{"", "a+b", good + "=", good[:len(good)-1], strings.Replace(good, "office", "offices", 1), "two words" + good[len(origin):], good + "\n",
		strings.Replace(good, "+", "+0", 1), "x+00000000+AQ==", "x+00000000+" + base64.StdEncoding.EncodeToString(make([]byte, 33))} {
		if k, err := journal.ParseKey(bad); err == nil {
			t.Errorf("%q was read as %s", bad, k)
		}
	}
}

func TestFileOfKeysIsReadStrictly(t *testing.T) {
	t.Parallel()
	_, a := officeKey(t, 1)
	_, w := witnessKey(t, "w.example")
	keys, err := journal.ParseKeys("# ours\n" + a.String() + "\n\n  " + w.String() + "\r\n")
	if err != nil || len(keys) != 2 {
		t.Errorf("%v, %v", keys, err)
	}
	for _, bad := range []string{a.String() + "\n" + a.String(), "hello", a.String() + " " + w.String()} {
		if keys, err := journal.ParseKeys(bad); err == nil {
			t.Errorf("%q: %v", bad, keys)
		}
	}
}

func TestEveryChangedByteOfACheckpointIsFound(t *testing.T) {
	t.Parallel()
	s, k := officeKey(t, 1)
	private, w := witnessKey(t, "w.example")
	c := journal.Checkpoint{Origin: origin, Size: 12, Root: journal.Hash{1, 2, 3}}
	signed, err := c.Sign(s)
	if err != nil {
		t.Fatal(err)
	}
	signed = append(signed, cosign(private, w, c.Text(), 1700000000)...)
	keys := journal.Keys{k, w}
	got, err := journal.OpenCheckpoint(signed, keys)
	if err != nil || got.Checkpoint != c || len(got.By) != 1 || len(got.Cosigned) != 1 || got.Cosigned[0].At != 1700000000 {
		t.Fatalf("%+v, %v", got, err)
	}
	firstSignature := bytes.Index(signed, []byte("— "))
	for i := range signed {
		for bit := range 8 {
			bad := slices.Clone(signed)
			bad[i] ^= 1 << bit
			got, err := journal.OpenCheckpoint(bad, keys)
			// A changed name or key hash makes a signature of somebody unknown, which may stand there and counts for nothing.
			if err == nil && (i < firstSignature || len(got.By)+len(got.Cosigned) == 2) {
				t.Errorf("bit %d of byte %d of %d: %+v", bit, i, len(signed), got)
			}
		}
	}
	if _, err := journal.OpenCheckpoint(signed, journal.Keys{w}); !errors.Is(err, journal.ErrUnsigned) {
		t.Errorf("a witness's word alone: %v", err)
	}
	if _, err := journal.OpenCheckpoint(append(slices.Clone(signed), signed[firstSignature:]...), keys); err == nil {
		t.Error("signatures that come twice were taken")
	}
}

func TestCheckpointIsReadStrictly(t *testing.T) {
	t.Parallel()
	root := base64.StdEncoding.EncodeToString(make([]byte, 32))
	good := origin + "\n12\n" + root + "\n"
	if c, err := journal.ParseCheckpoint(good); err != nil || c.Text() != good {
		t.Errorf("%v, %v", c, err)
	}
	for _, bad := range []string{"", good + "more\n", good[:len(good)-1], "\n12\n" + root + "\n", origin + "\n012\n" + root + "\n", origin + "\n-1\n" + root + "\n", origin + "\n+1\n" + root + "\n",
		origin + "\n12\n" + root[:40] + "\n", origin + "\n12\n" + strings.Replace(root, "A=", "B=", 1) + "\n", "two words\n12\n" + root + "\n", "a+b\n12\n" + root + "\n", origin + "\n99999999999999999999\n" + root + "\n"} {
		if c, err := journal.ParseCheckpoint(bad); err == nil {
			t.Errorf("%q was read as %+v", bad, c)
		}
	}
	s, _ := officeKey(t, 1)
	if _, err := (journal.Checkpoint{Origin: "else.example"}).Sign(s); err == nil {
		t.Error("a checkpoint of another tree was signed")
	}
}

func TestSigningKeyIsReadStrictly(t *testing.T) {
	t.Parallel()
	private, _, err := note.GenerateKey(rand.NewChaCha8([32]byte{1}), origin)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := journal.ParseSigningKey(private); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", private + "\n\n", " " + private, private[:len(private)-1], strings.Replace(private, "office", "offices", 1), strings.Replace(private, "PRIVATE", "PUBLIC", 1)} {
		if _, k, err := journal.ParseSigningKey(bad); err == nil || strings.Contains(err.Error(), private[60:]) {
			t.Errorf("%v, %v", k, err)
		}
	}
}

func FuzzKeys(f *testing.F) {
	_, k := officeKey(f, 1)
	_, w := witnessKey(f, "w.example")
	f.Add(k.String())
	f.Add(w.String() + "\n# and\n" + k.String())
	f.Fuzz(func(t *testing.T, text string) {
		keys, err := journal.ParseKeys(text)
		if err != nil {
			return
		}
		for _, k := range keys {
			if !strings.Contains(text, k.String()) {
				t.Fatalf("%q was read as %s", text, k)
			}
			if theirs, err := note.NewVerifier(k.String()); !k.Witness() && (err != nil || theirs.KeyHash() != k.KeyHash()) {
				t.Fatalf("others do not read %s: %v", k, err)
			}
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	s, k := officeKey(f, 1)
	private, w := witnessKey(f, "w.example")
	c := journal.Checkpoint{Origin: origin, Size: 12, Root: journal.Hash{1}}
	signed, err := c.Sign(s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add(append(slices.Clone(signed), cosign(private, w, c.Text(), 5)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := journal.OpenCheckpoint(b, journal.Keys{k, w})
		if err == nil && got.Checkpoint != c {
			t.Fatalf("forged: %s", b)
		}
		text, _, _ := bytes.Cut(b, []byte("\n\n"))
		if c, err := journal.ParseCheckpoint(string(text) + "\n"); err == nil && c.Text() != string(text)+"\n" {
			t.Fatalf("%q was read as %+v", text, c)
		}
	})
}

func FuzzSigningKey(f *testing.F) {
	private, _, err := note.GenerateKey(rand.NewChaCha8([32]byte{1}), origin)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(private + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		s, k, err := journal.ParseSigningKey(text)
		if err != nil {
			return
		}
		sig, err := s.Sign([]byte("text\n"))
		if err != nil || !k.Verify([]byte("text\n"), sig) {
			t.Fatalf("%s does not verify what it signs: %v", k, err)
		}
	})
}
