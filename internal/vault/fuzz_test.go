package vault_test

import (
	"bytes"
	"image"
	"testing"
	"unicode/utf8"

	"nazorat/internal/vault"
)

// Whatever is sent, it is of one of four types or of none; a picture's size is what the decoder says, and what is text is text.
func FuzzExamine(f *testing.F) {
	for _, seed := range []string{string(photo(8, 6)), turnedPhoto(8, 6, 6), drawing(5, 4), claims(9, 9), pdf, "Протокол", "<svg>", "PK\x03\x04", "\xff\xd8\xff\xe1\x00\x02\xff\xc0\x00\x11\x08\x00\x01\x00\x01\x03"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, w, h, memory := vault.Examined(b)
		switch kind {
		case "":
		case vault.JPEG, vault.PNG:
			if memory <= 0 || memory > vault.MostMemory {
				t.Fatalf("%d bytes to decode it", memory)
			}
			c, format, err := image.DecodeConfig(bytes.NewReader(b))
			if err == nil && (c.Width != w || c.Height != h || "image/"+format != kind) {
				t.Fatalf("%s, %d by %d; the decoder says %s, %d by %d", kind, w, h, format, c.Width, c.Height)
			}
		case vault.PDF:
			if !bytes.HasPrefix(b, []byte("%PDF-")) {
				t.Fatal("no paper begins like this")
			}
		case vault.Text:
			if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
				t.Fatal("that is no text")
			}
		default:
			t.Fatalf("of type %q", kind)
		}
	})
}
