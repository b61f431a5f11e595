package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	paint "image/draw"
	"image/jpeg"
	"math/rand/v2"
	"strings"
)

// Files of the demonstration, made here of chance alone: the same chance, the same bytes. They show nothing real.

const (
	pictureWide = 640
	pictureHigh = 480
)

// picture is a photograph as an expert takes it: a thing on a cloth, and a scale in centimetres below it.
func picture(r *rand.Rand) ([]byte, error) {
	m := image.NewRGBA(image.Rect(0, 0, pictureWide, pictureHigh))
	cloth, thing := color.RGBA{uint8(150 + r.IntN(70)), uint8(150 + r.IntN(70)), uint8(150 + r.IntN(70)), 255}, color.RGBA{uint8(30 + r.IntN(90)), uint8(30 + r.IntN(90)), uint8(30 + r.IntN(90)), 255}
	for y := range pictureHigh {
		for x := range pictureWide {
			light := (x*20/pictureWide + y*20/pictureHigh) - 20 + r.IntN(5) // it falls from one side, and the cloth has a grain
			m.SetRGBA(x, y, color.RGBA{lit(cloth.R, light), lit(cloth.G, light), lit(cloth.B, light), 255})
		}
	}
	box := func(x0, y0, x1, y1 int, c color.RGBA) {
		paint.Draw(m, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, paint.Src)
	}
	ring := func(cx, cy, outer, inner int, c color.RGBA) {
		for y := -outer; y <= outer; y++ {
			for x := -outer; x <= outer; x++ {
				if d := x*x + y*y; d <= outer*outer && d >= inner*inner {
					m.SetRGBA(cx+x, cy+y, c)
				}
			}
		}
	}
	steel, dark := color.RGBA{200, 204, 210, 255}, color.RGBA{20, 22, 26, 255}
	switch r.IntN(4) {
	case 0: // a knife
		box(110, 215, 250, 250, thing)
		for x := 250; x < 530; x++ {
			box(x, 215, x+1, 250-max(0, x-470)*35/60, steel)
		}
		box(244, 208, 254, 257, dark)
	case 1: // a telephone
		box(240, 90, 400, 390, dark)
		box(250, 112, 390, 362, thing)
		ring(320, 376, 8, 5, steel)
	case 2: // a wheel
		ring(320, 230, 150, 132, dark)
		ring(320, 230, 22, 8, steel)
		box(186, 229, 454, 232, steel)
		box(319, 96, 322, 364, steel)
	default: // a bundle of keys
		ring(220, 200, 60, 50, steel)
		for i := range 3 {
			box(250+i*12, 235+i*34, 420+i*12, 247+i*34, steel)
			ring(262+i*12, 241+i*34, 24, 10, thing)
			box(396+i*12, 247+i*34, 404+i*12, 262+i*34, steel)
		}
	}
	box(60, 420, 580, 456, color.RGBA{245, 245, 240, 255})
	for i := range 27 {
		high := 10
		if i%5 == 0 {
			high = 20
		}
		box(60+i*20, 420, 62+i*20, 420+high, dark)
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 80})
	return b.Bytes(), err
}

func lit(c uint8, by int) uint8 { return uint8(min(max(int(c)+by, 0), 255)) }

// paper sets lines on a page, as PDF. Its letters are those of Western Europe, to which those of Uzbek Latin belong: what is
// none of them is a question mark.
func paper(lines []string) []byte {
	var text strings.Builder
	text.WriteString("BT /F1 12 Tf 18 TL 72 760 Td\n")
	for i, line := range lines {
		if i == 0 {
			fmt.Fprintf(&text, "/F2 16 Tf (%s) Tj /F1 12 Tf T* T*\n", escaped(line))
			continue
		}
		fmt.Fprintf(&text, "(%s) Tj T*\n", escaped(line))
	}
	text.WriteString("ET\n")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", text.Len(), text.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table)
	return b.Bytes()
}

// escaped is a line as a PDF holds it, in the letters of Windows-1252.
func escaped(line string) string {
	var b strings.Builder
	for _, c := range line {
		switch {
		case c == '(' || c == ')' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(byte(c))
		case c == 'ʻ' || c == '‘':
			b.WriteByte(0x91)
		case c == 'ʼ' || c == '’':
			b.WriteByte(0x92)
		case c >= ' ' && c < 0x7f || c >= 0xa0 && c <= 0xff:
			b.WriteByte(byte(c))
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}
