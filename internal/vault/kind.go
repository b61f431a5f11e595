package vault

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode/utf8"

	"nazorat/internal/fault"
)

// The types of files that are taken. Which of them a file is of, its bytes say; what it is called and what its sender says of it do not matter.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	PDF  = "application/pdf"
	Text = "text/plain"
)

// endings are what the name of a file of each type ends with; the first is put behind a name that has none of them.
var endings = map[string][]string{JPEG: {".jpg", ".jpeg", ".jpe"}, PNG: {".png"}, PDF: {".pdf"}, Text: {".txt", ".log", ".md", ".csv"}}

// IsPicture reports whether files of a type are pictures.
func IsPicture(kind string) bool { return kind == JPEG || kind == PNG }

const (
	// mostMemory is how much it may take to decode a picture: 64 megapixels of most, 16 of a JPEG that is built up in passes.
	mostMemory = 256 << 20
	headBytes  = 4 << 10
	// tailBytes is how far from the end of a PDF the mark of its end may stand: programs write some blanks behind it.
	tailBytes = 2 << 10
	// mostSegments bounds what stands before the picture in a JPEG.
	mostSegments = 1000
)

// shape is what the head of a picture says of it.
type shape struct {
	width, height int
	memory        int64 // bytes that it takes to decode it
	turn          int   // how it is to be turned to stand upright, as Exif numbers that, 1 to 8
}

// others are files that people bring and that are not taken, by how they begin: which they are is said to them.
var others = []struct {
	at    int
	begin string
	is    string
}{
	{4, "ftypheic", "HEIC"}, {4, "ftypheix", "HEIC"}, {4, "ftypmif1", "HEIC"}, {4, "ftypavif", "AVIF"}, {8, "WEBP", "WebP"}, {0, "GIF8", "GIF"}, {0, "II*\x00", "TIFF"}, {0, "MM\x00*", "TIFF"}, {0, "BM", "BMP"},
	{0, "PK\x03\x04", "ZIP, DOCX, XLSX"}, {0, "PK\x05\x06", "ZIP"}, {0, "\xd0\xcf\x11\xe0", "DOC, XLS"}, {0, "Rar!", "RAR"}, {0, "7z\xbc\xaf", "7z"}, {0, "\x1f\x8b", "GZIP"}, {0, "MZ", "EXE"}, {0, "\x7fELF", "ELF"},
	{4, "ftyp", "MP4"}, {0, "ID3", "MP3"}, {0, "RIFF", "AVI, WAV"}, {0, "{\\rtf", "RTF"},
}

func notTaken(is string) error {
	if is == "" {
		return fault.New(fault.Invalid, "vault.not_taken", nil)
	}
	return fault.New(fault.Invalid, "vault.other_type", fault.Args{"type": is})
}

func damaged() error { return fault.New(fault.Invalid, "vault.damaged", nil) }

// examine says by its bytes of which type a file is, and what the head of a picture says. Invalid for what is not taken. It
// reads a file of text to its end, and of every other its head and its tail; it decodes nothing, and holds a few kilobytes.
func examine(r io.ReaderAt, size int64) (kind string, s shape, err error) {
	if size == 0 {
		return "", s, fault.New(fault.Invalid, "vault.empty", nil)
	}
	head := make([]byte, min(size, headBytes))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF { //nolint:errorlint // ReaderAt gives it bare
		return "", s, err
	}
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}):
		s, err = jpegShape(io.NewSectionReader(r, 0, size))
		return JPEG, s, err
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		s, err = pngShape(head)
		return PNG, s, err
	case bytes.HasPrefix(head, []byte("%PDF-1.")), bytes.HasPrefix(head, []byte("%PDF-2.")):
		tail := make([]byte, min(size, tailBytes))
		if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF { //nolint:errorlint // ReaderAt gives it bare
			return "", s, err
		}
		if !bytes.Contains(tail, []byte("%%EOF")) {
			return "", s, damaged()
		}
		return PDF, s, nil
	}
	for _, x := range others {
		if len(head) >= x.at+len(x.begin) && string(head[x.at:x.at+len(x.begin)]) == x.begin {
			return "", s, notTaken(x.is)
		}
	}
	if err := plain(head, io.NewSectionReader(r, 0, size)); err != nil {
		return "", s, err
	}
	return Text, s, nil
}

// plain refuses what is no text, and what programs take for more than text: HTML, SVG, XML.
func plain(head []byte, r io.Reader) error {
	begin := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n\f")
	if bytes.HasPrefix(begin, []byte("<")) {
		return notTaken("HTML, SVG, XML")
	}
	buf, kept := make([]byte, 32<<10), 0
	for {
		n, err := r.Read(buf[kept:])
		part := buf[:kept+n]
		for len(part) > 0 {
			c, length := utf8.DecodeRune(part)
			if c == utf8.RuneError && length == 1 {
				if err == nil && !utf8.FullRune(part) {
					break // the rest of the letter comes with what is read next
				}
				return notTaken("")
			}
			if c < ' ' && !strings.ContainsRune("\t\n\r\f", c) || c == 0x7f {
				return notTaken("")
			}
			part = part[length:]
		}
		kept = copy(buf, part)
		switch {
		case err == io.EOF && kept > 0: //nolint:errorlint // a SectionReader gives it bare
			return notTaken("")
		case err == io.EOF: //nolint:errorlint // likewise
			return nil
		case err != nil:
			return err
		}
	}
}

// pngShape reads the head of a PNG, in which its size stands first of all.
func pngShape(head []byte) (s shape, err error) {
	if len(head) < 33 || string(head[12:16]) != "IHDR" {
		return s, damaged()
	}
	width, height := binary.BigEndian.Uint32(head[16:]), binary.BigEndian.Uint32(head[20:])
	s = shape{width: int(width), height: int(height), turn: 1}
	each := int64(4)
	if head[24] == 16 { // bits of a sample
		each = 8
	}
	if head[28] != 0 { // built up in passes, each of which is a picture
		each *= 2
	}
	return s, s.bounded(each)
}

// bounded refuses a picture that is larger than what may be decoded: each is how many bytes a pixel of it takes.
func (s *shape) bounded(each int64) error {
	if s.width <= 0 || s.height <= 0 {
		return damaged()
	}
	if int64(s.width) > mostMemory || int64(s.height) > mostMemory || int64(s.width)*int64(s.height) > mostMemory/each {
		return fault.New(fault.Invalid, "vault.too_many_pixels", fault.Args{"n": int(mostMemory / each / 1_000_000)})
	}
	s.memory = int64(s.width) * int64(s.height) * each
	return nil
}

// jpegShape reads the segments of a JPEG up to the one in which its size stands.
func jpegShape(r io.ReadSeeker) (s shape, err error) {
	s.turn = 1
	if _, err := r.Seek(2, io.SeekStart); err != nil {
		return s, err
	}
	var b [4]byte
	for range mostSegments {
		if _, err := io.ReadFull(r, b[:2]); err != nil || b[0] != 0xff {
			return s, damaged()
		}
		for b[1] == 0xff { // what fills up
			if _, err := io.ReadFull(r, b[1:2]); err != nil {
				return s, damaged()
			}
		}
		marker := b[1]
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd7 {
			continue
		}
		if marker == 0xd9 || marker == 0xda {
			return s, damaged() // the picture itself, and nothing has said how large it is
		}
		if _, err := io.ReadFull(r, b[2:4]); err != nil {
			return s, damaged()
		}
		length := int64(binary.BigEndian.Uint16(b[2:4])) - 2
		if length < 0 {
			return s, damaged()
		}
		switch {
		case marker == 0xe1 && s.turn == 1:
			part := make([]byte, length)
			if _, err := io.ReadFull(r, part); err != nil {
				return s, damaged()
			}
			s.turn = exifTurn(part)
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			var frame [6]byte
			if _, err := io.ReadFull(r, frame[:]); err != nil {
				return s, damaged()
			}
			s.height, s.width = int(binary.BigEndian.Uint16(frame[1:])), int(binary.BigEndian.Uint16(frame[3:]))
			each := int64(4)
			if marker == 0xc2 { // built up in passes: its coefficients are held until the last
				each = 16
			}
			return s, s.bounded(each)
		default:
			if _, err := r.Seek(length, io.SeekCurrent); err != nil {
				return s, damaged()
			}
		}
	}
	return s, damaged()
}

// exifTurn is the orientation that Exif data name; 1 where they name none. What is wrong with them does not matter.
func exifTurn(b []byte) int {
	if len(b) < 14 || string(b[:6]) != "Exif\x00\x00" {
		return 1
	}
	b = b[6:]
	var order binary.ByteOrder = binary.LittleEndian
	switch string(b[:2]) {
	case "II":
	case "MM":
		order = binary.BigEndian
	default:
		return 1
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return 1
	}
	n := int64(order.Uint16(b[at:]))
	for i := range n {
		field := at + 2 + 12*i
		if field+12 > int64(len(b)) {
			return 1
		}
		if order.Uint16(b[field:]) == 0x0112 {
			if v := int(order.Uint16(b[field+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}
