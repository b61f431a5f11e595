package journal

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// What a key is for, as the first byte of its text says (C2SP signed-note).
const (
	kindOffice  = 0x01 // Ed25519 over the note's text
	kindWitness = 0x04 // Ed25519 over the text and a time: cosignature/v1
)

// Key is a public key that signatures of checkpoints are checked with: the
// office's, or a witness's. It is a note.Verifier.
type Key struct {
	name string
	hash uint32
	kind byte
	pub  ed25519.PublicKey
}

// ParseKey reads a verifier key such as office.example+1a2b3c4d+AZpx...
func ParseKey(text string) (*Key, error) {
	bad := func(what string) (*Key, error) { return nil, fmt.Errorf("verifier key: %s", what) }
	part := strings.Split(text, "+")
	if len(part) > 3 { // base64 has pluses of its own
		part = []string{part[0], part[1], strings.Join(part[2:], "+")}
	}
	if len(part) != 3 || !validName(part[0]) {
		return bad("want NAME+HASH+KEY")
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(part[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != kindOffice && raw[0] != kindWitness {
		return bad("want an Ed25519 key, of an office or of a witness")
	}
	k := &Key{name: part[0], kind: raw[0], pub: raw[1:]}
	sum := sha256.Sum256([]byte(k.name + "\n" + string(raw)))
	k.hash = binary.BigEndian.Uint32(sum[:])
	if k.String() != text {
		return bad("its hash is not that of its name and key")
	}
	return k, nil
}

// NewKey makes the verifier key of an office's or, if witness is set, a witness's public key.
func NewKey(name string, pub ed25519.PublicKey, witness bool) (*Key, error) {
	kind := byte(kindOffice)
	if witness {
		kind = kindWitness
	}
	if !validName(name) || len(pub) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("verifier key: a name without blanks and pluses, and an Ed25519 key, are wanted")
	}
	raw := append([]byte{kind}, pub...)
	sum := sha256.Sum256([]byte(name + "\n" + string(raw)))
	return &Key{name: name, kind: kind, pub: pub, hash: binary.BigEndian.Uint32(sum[:])}, nil
}

// String writes the key as ParseKey reads it.
func (k *Key) String() string {
	return fmt.Sprintf("%s+%08x+%s", k.name, k.hash, base64.StdEncoding.EncodeToString(append([]byte{k.kind}, k.pub...)))
}

// Name of whoever holds the private half.
func (k *Key) Name() string { return k.name }

// KeyHash is the short hash that stands before a signature.
func (k *Key) KeyHash() uint32 { return k.hash }

// Witness reports whether the key is a witness's.
func (k *Key) Witness() bool { return k.kind == kindWitness }

// Verify checks a signature of a note's text.
func (k *Key) Verify(text, sig []byte) bool {
	if k.kind == kindOffice {
		return len(sig) == ed25519.SignatureSize && ed25519.Verify(k.pub, text, sig)
	}
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return at < 1<<63 && ed25519.Verify(k.pub, CosignedText(int64(at), text), sig[8:])
}

// CosignedText is what a witness signs.
func CosignedText(at int64, text []byte) []byte {
	out := append([]byte("cosignature/v1\ntime "), strconv.FormatInt(at, 10)...)
	return append(append(out, '\n'), text...)
}

// cosignedAt is the time in a witness's signature, which holds.
func cosignedAt(sig note.Signature) int64 {
	raw, err := base64.StdEncoding.DecodeString(sig.Base64)
	if err != nil || len(raw) < 12 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(raw[4:]))
}

// Keys are the keys that somebody trusts.
type Keys []*Key

// ParseKeys reads a file of keys: one a line; empty lines and those that begin with # say nothing.
func ParseKeys(text string) (Keys, error) {
	var out Keys
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		k, err := ParseKey(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
		if out.find(k.name, k.hash) != nil {
			return nil, fmt.Errorf("line %d: verifier key: it comes twice", i+1)
		}
		out = append(out, k)
	}
	return out, nil
}

// Verifier finds a key, as note.Open asks for it.
func (k Keys) Verifier(name string, hash uint32) (note.Verifier, error) {
	if key := k.find(name, hash); key != nil {
		return key, nil
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

func (k Keys) find(name string, hash uint32) *Key {
	for _, key := range k {
		if key.name == name && key.hash == hash {
			return key
		}
	}
	return nil
}

// validName is what signed notes allow as a name.
func validName(name string) bool {
	return name != "" && utf8.ValidString(name) && strings.IndexFunc(name, func(r rune) bool { return unicode.IsSpace(r) || r < ' ' }) < 0 && !strings.Contains(name, "+")
}

// ParseSigningKey reads a key file: the private key of C2SP signed-note, PRIVATE+KEY+NAME+HASH+KEY, on one line.
func ParseSigningKey(text string) (note.Signer, *Key, error) {
	text, _ = strings.CutSuffix(text, "\n")
	s, err := note.NewSigner(text)
	if err != nil {
		return nil, nil, errors.New("signing key: want PRIVATE+KEY+NAME+HASH+KEY, Ed25519, on one line") // never the text itself
	}
	encoded, _ := strings.CutPrefix(text, fmt.Sprintf("PRIVATE+KEY+%s+%08x+", s.Name(), s.KeyHash()))
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || len(raw) != 1+ed25519.SeedSize || strings.ContainsAny(text, "\r\n") {
		return nil, nil, errors.New("signing key: its last part is not base64")
	}
	pub, _ := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	k, err := NewKey(s.Name(), pub, false)
	return s, k, err
}

// CheckLine checks one signature line of a note with this text, without its end,
// and gives the time in it, if it is a witness's. A line of another key is ErrUnsigned.
func (k *Key) CheckLine(text, line string) (at int64, err error) {
	n, err := note.Open([]byte(text+"\n"+line+"\n"), Keys{k})
	var unverified *note.UnverifiedNoteError
	switch {
	case errors.As(err, &unverified):
		return 0, ErrUnsigned
	case err != nil:
		return 0, fmt.Errorf("signature: %w", err)
	}
	if n.Text != text || len(n.Sigs) != 1 || line != "— "+n.Sigs[0].Name+" "+n.Sigs[0].Base64 {
		return 0, errors.New("signature: not one line")
	}
	if raw, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64); err != nil || base64.StdEncoding.EncodeToString(raw) != n.Sigs[0].Base64 {
		return 0, errors.New("signature: not written as base64 is")
	}
	if !k.Witness() {
		return 0, nil
	}
	return cosignedAt(n.Sigs[0]), nil
}
