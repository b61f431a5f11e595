package receipt

import (
	"fmt"
	"strconv"

	"github.com/a-h/templ"
	"github.com/skip2/go-qrcode"
)

// code is a QR code as it is drawn: a picture of side x side squares, of which the
// outermost quiet ones on each side are white, as readers need to find it.
type code struct {
	Side int    // modules, with the quiet zone
	Path string // of the dark modules, one unit each
}

// quiet is the white around a code that ISO/IEC 18004 asks for, in modules.
const quiet = 4

// drawCode draws a text as a QR code. Of the four grades of correction it takes the
// second, which bears a fold or a stain over a seventh of it: with a higher one the
// modules would be too small for a telephone's camera.
func drawCode(text string) (*code, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("a QR code of %d characters: %w", len(text), err)
	}
	dark := q.Bitmap()
	return &code{Side: len(dark), Path: outline(dark)}, nil
}

// outline writes the dark modules as an SVG path, a rectangle for each run of a row.
// From one to the next it moves by differences, which are short.
func outline(dark [][]bool) string {
	var b []byte
	atX, atY := 0, 0
	for y, row := range dark {
		for x := 0; x < len(row); x++ {
			if !row[x] {
				continue
			}
			n := 1
			for x+n < len(row) && row[x+n] {
				n++
			}
			b = append(b, 'm')
			b = strconv.AppendInt(b, int64(x-atX), 10)
			b = append(b, ' ')
			b = strconv.AppendInt(b, int64(y-atY), 10)
			b = append(b, 'h')
			b = strconv.AppendInt(b, int64(n), 10)
			b = append(b, "v1h-"...)
			b = strconv.AppendInt(b, int64(n), 10)
			b = append(b, 'z')
			atX, atY = x, y // where z leads back to
			x += n
		}
	}
	return string(b)
}

// Drawn is a text as a QR code, for pages of other rooms; label says what it is to who cannot see it.
func Drawn(text, label string) (templ.Component, error) {
	c, err := drawCode(text)
	if err != nil {
		return nil, err
	}
	return drawing(c, label), nil
}
