package journal

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"nazorat/internal/calendar"
)

// Receipt is the office's word that an act was recorded: what its head tells, and a
// proof that a leaf which commits to it is in the tree that the office signed. It can
// be checked by whoever has the office's public key, with no network and without the
// form. It shows nothing of the form: of that it holds a salted hash.
type Receipt struct {
	Head
	Body       Hash   // salted hash of the entry
	Leaf       int64  // its number in the tree
	Proof      []Hash // from the leaf's sibling up
	Checkpoint []byte // signed note
}

// ErrReceipt means that a receipt does not hold, or is none.
var ErrReceipt = errors.New("the receipt does not hold")

// ErrErased means that of an entry only its leaf is left.
var ErrErased = errors.New("the entry was erased")

// NewReceipt begins a receipt of a recorded entry; Proof and Checkpoint are to be added.
func NewReceipt(r *Record) (*Receipt, error) {
	if r.Canonical == nil {
		return nil, ErrErased
	}
	p, err := Split(r.Canonical)
	if err != nil {
		return nil, err
	}
	head := p.AppendHead(nil, r.Number)
	out := &Receipt{Body: Body(r.Canonical, r.Salt), Leaf: r.At}
	if out.Head, err = ReadHead(head); err != nil {
		return nil, err
	}
	if Leaf(head, out.Body) != r.Leaf {
		return nil, fmt.Errorf("%w: leaf %d, %s/%d: its bytes do not commit to its leaf", ErrBroken, r.At, r.Number, p.Seq)
	}
	return out, nil
}

// ReadHead reads the canonical bytes of a head.
func ReadHead(canonical []byte) (h Head, err error) {
	var j struct {
		Number   string          `json:"number"`
		Seq      int64           `json:"seq"`
		Office   string          `json:"office"`
		Act      string          `json:"act"`
		Recorded calendar.Moment `json:"recorded"`
	}
	if err := json.Unmarshal(canonical, &j); err != nil {
		return h, fmt.Errorf("%w: its head: %w", ErrReceipt, err)
	}
	h = Head(j)
	if !bytes.Equal(h.Append(nil), canonical) {
		return h, fmt.Errorf("%w: its head is not written as heads are", ErrReceipt)
	}
	return h, nil
}

// Commitment is the data of the leaf that the receipt is about.
func (r *Receipt) Commitment() Hash { return Leaf(r.Append(nil), r.Body) }

// Verify checks the receipt with the keys that somebody trusts and gives the checkpoint that it hangs on.
func (r *Receipt) Verify(keys Keys) (*Signed, error) {
	s, err := OpenCheckpoint(r.Checkpoint, keys)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	leaf := r.Commitment()
	proof := make(tlog.RecordProof, len(r.Proof))
	for i := range r.Proof {
		proof[i] = tlog.Hash(r.Proof[i])
	}
	if err := tlog.CheckRecord(proof, s.Size, tlog.Hash(s.Root), r.Leaf, tlog.RecordHash(leaf[:])); err != nil {
		return nil, fmt.Errorf("%w: leaf %d is not in the signed tree of %d leaves, or is not of this act", ErrReceipt, r.Leaf, s.Size)
	}
	return s, nil
}

const (
	proofMagic = "c2sp.org/tlog-proof@v1\n"
	extraMagic = "nazorat/receipt/1\n"
)

// Text writes the receipt as a C2SP tlog-proof, the form for files. Its extra data
// are the head's canonical bytes and the body, a line each.
func (r *Receipt) Text() []byte {
	var b bytes.Buffer
	extra := append([]byte(extraMagic), r.Append(nil)...)
	extra = append(append(extra, '\n'), base64.StdEncoding.EncodeToString(r.Body[:])+"\n"...)
	fmt.Fprintf(&b, "%sextra %s\nindex %d\n", proofMagic, base64.StdEncoding.EncodeToString(extra), r.Leaf)
	for _, h := range r.Proof {
		b.WriteString(base64.StdEncoding.EncodeToString(h[:]) + "\n")
	}
	b.WriteString("\n")
	b.Write(r.Checkpoint)
	return b.Bytes()
}

// ParseReceipt reads a receipt: the text of a file, or what a QR code holds. The
// short form leaves out what the keys tell, so it takes the keys to read it. What was
// read is not verified yet.
func ParseReceipt(text []byte, keys Keys) (*Receipt, error) {
	if bytes.HasPrefix(text, []byte(proofMagic)) {
		return parseText(text)
	}
	digits := string(bytes.TrimSpace(text))
	if i := strings.LastIndexByte(digits, '#'); i >= 0 {
		digits = digits[i+1:]
	}
	digits = strings.Map(func(r rune) rune { // as people group and break them
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, digits)
	n, ok := new(big.Int).SetString(digits, 10)
	if !ok || n.Sign() <= 0 || len(digits) > 3*longestCompact || n.String() != digits {
		return nil, fmt.Errorf("%w: it is neither a receipt's file nor what its code holds", ErrReceipt)
	}
	return ParseCompact(n.Bytes(), keys)
}

func parseText(text []byte) (*Receipt, error) {
	bad := func(what string) (*Receipt, error) { return nil, fmt.Errorf("%w: %s", ErrReceipt, what) }
	top, signed, ok := bytes.Cut(text[len(proofMagic):], []byte("\n\n"))
	if !ok {
		return bad("it has no checkpoint")
	}
	lines := strings.Split(string(top), "\n")
	if len(lines) < 2 || len(lines) > 2+63 {
		return bad("want extra, index and a proof")
	}
	encoded, ok1 := strings.CutPrefix(lines[0], "extra ")
	index, ok2 := strings.CutPrefix(lines[1], "index ")
	extra, err := base64.StdEncoding.DecodeString(encoded)
	n, err2 := strconv.ParseInt(index, 10, 64)
	if !ok1 || !ok2 || err != nil || err2 != nil || n < 0 {
		return bad("want extra and index")
	}
	r := &Receipt{Leaf: n, Checkpoint: signed}
	part := bytes.Split(bytes.TrimPrefix(extra, []byte(extraMagic)), []byte("\n"))
	if !bytes.HasPrefix(extra, []byte(extraMagic)) || len(part) != 3 || len(part[2]) != 0 {
		return bad("its extra data are none of a receipt")
	}
	if r.Head, err = ReadHead(part[0]); err != nil {
		return nil, err
	}
	for i, line := range append([]string{string(part[1])}, lines[2:]...) {
		raw, err := base64.StdEncoding.DecodeString(line)
		if err != nil {
			return bad("a hash is not base64")
		}
		h, err := HashOf(raw)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrReceipt, err)
		}
		if i == 0 {
			r.Body = h
		} else {
			r.Proof = append(r.Proof, h)
		}
	}
	if !bytes.Equal(r.Text(), text) {
		return bad("it is not written as receipts are")
	}
	return r, nil
}

// The short form: big-endian; a count is a uvarint, a text or a signature has its length before it.
//
//	1, leaf, size, root, number, seq, office, act, recorded, body,
//	how many hashes, the hashes, how many signatures, the signatures, each with its key's hash
const (
	compactVersion = 1
	longestCompact = 4096
)

// Compact writes the receipt short: the checkpoint's text is left out but for its size
// and root, since its origin is the key's name, and of a signature the name.
func (r *Receipt) Compact() ([]byte, error) {
	body, lines, ok := bytes.Cut(r.Checkpoint, []byte("\n\n"))
	if !ok {
		return nil, errCheckpoint
	}
	c, err := ParseCheckpoint(string(body) + "\n")
	if err != nil {
		return nil, err
	}
	if r.Leaf < 0 || r.Seq < 0 || r.Recorded < 0 || len(r.Proof) > 63 {
		return nil, fmt.Errorf("%w: a number below 0", ErrReceipt)
	}
	b := []byte{compactVersion}
	b = binary.AppendUvarint(b, uint64(r.Leaf))
	b = binary.AppendUvarint(b, uint64(c.Size))
	b = append(b, c.Root[:]...)
	b = appendCounted(b, r.Number)
	b = binary.AppendUvarint(b, uint64(r.Seq))
	b = appendCounted(appendCounted(b, r.Office), r.Act)
	b = binary.AppendUvarint(b, uint64(r.Recorded))
	b = append(b, r.Body[:]...)
	b = append(b, byte(len(r.Proof)))
	for _, h := range r.Proof {
		b = append(b, h[:]...)
	}
	_, err = note.Open(r.Checkpoint, Keys(nil)) // only taken apart
	var parts *note.UnverifiedNoteError
	if !errors.As(err, &parts) || len(parts.Note.UnverifiedSigs) != bytes.Count(lines, []byte("\n")) {
		return nil, errCheckpoint
	}
	b = append(b, byte(len(parts.Note.UnverifiedSigs)))
	for _, s := range parts.Note.UnverifiedSigs {
		raw, err := base64.StdEncoding.DecodeString(s.Base64)
		if err != nil {
			return nil, errCheckpoint
		}
		b = appendCounted(b, string(raw))
	}
	if len(b) > longestCompact {
		return nil, fmt.Errorf("%w: %d bytes are too many for a code", ErrReceipt, len(b))
	}
	return b, nil
}

func appendCounted(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// Digits writes the short form as one decimal number: what a QR code packs closest
// that also may stand behind the # of an address.
func (r *Receipt) Digits() (string, error) {
	b, err := r.Compact()
	if err != nil {
		return "", err
	}
	return new(big.Int).SetBytes(b).String(), nil
}

// ParseCompact reads the short form. Signatures of keys that are not among keys are
// dropped, but one must be of an office's key: its name is the tree's.
func ParseCompact(b []byte, keys Keys) (*Receipt, error) {
	bad := func(what string) (*Receipt, error) { return nil, fmt.Errorf("%w: %s", ErrReceipt, what) }
	s := shortReader{rest: b}
	if len(b) > longestCompact || s.byte() != compactVersion {
		return bad("it is of another version")
	}
	r := &Receipt{Leaf: s.count()}
	c := Checkpoint{Size: s.count(), Root: s.hash()}
	r.Number, r.Seq = s.text(), s.count()
	r.Office, r.Act = s.text(), s.text()
	r.Recorded = calendar.Moment(s.count())
	r.Body = s.hash()
	for range s.byte() {
		r.Proof = append(r.Proof, s.hash())
	}
	var lines []string
	for range s.byte() {
		raw := s.text()
		if s.bad || len(raw) < 5 {
			return bad("it is cut off")
		}
		for _, k := range keys {
			if k.hash != binary.BigEndian.Uint32([]byte(raw)) {
				continue
			}
			lines = append(lines, "— "+k.name+" "+base64.StdEncoding.EncodeToString([]byte(raw))+"\n")
			if !k.Witness() {
				c.Origin = k.name
			}
		}
	}
	switch {
	case s.bad || len(s.rest) > 0 || len(r.Proof) > 63:
		return bad("it is cut off, or something follows its end")
	case c.Origin == "":
		return nil, fmt.Errorf("%w: %w", ErrReceipt, ErrUnsigned)
	}
	r.Checkpoint = []byte(c.Text() + "\n" + strings.Join(lines, ""))
	return r, nil
}

// shortReader reads the short form. Once it is bad it gives nothing more.
type shortReader struct {
	rest []byte
	bad  bool
}

func (s *shortReader) take(n int64) []byte {
	if s.bad || n < 0 || n > int64(len(s.rest)) {
		s.bad = true
		return nil
	}
	out := s.rest[:n]
	s.rest = s.rest[n:]
	return out
}

func (s *shortReader) byte() byte {
	if b := s.take(1); len(b) == 1 {
		return b[0]
	}
	return 0
}

func (s *shortReader) hash() (h Hash) {
	copy(h[:], s.take(int64(len(h))))
	return h
}

func (s *shortReader) count() int64 {
	n, used := binary.Uvarint(s.rest)
	if s.bad || used <= 0 || used > 1 && s.rest[used-1] == 0 || n > 1<<62 {
		s.bad = true
		return 0
	}
	s.rest = s.rest[used:]
	return int64(n)
}

func (s *shortReader) text() string { return string(s.take(s.count())) }
