package vault

import (
	"bufio"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
)

// Previews of pictures, which pages show in their place: how wide or high they are at most.
const (
	Small = 320
	Large = 1600
)

const (
	quality = 82
	samples = 3 // of a pixel of a preview, in each direction
)

// decode decodes a picture that examine has found small enough.
func decode(kind string, r io.Reader) (image.Image, error) {
	r = bufio.NewReaderSize(r, 64<<10)
	if kind == JPEG {
		return jpeg.Decode(r)
	}
	return png.Decode(r)
}

// shrunk is a picture upright, at most so many pixels wide and high, on white.
func shrunk(from image.Image, turn, most int) *image.RGBA {
	b := from.Bounds()
	w, h := b.Dx(), b.Dy()
	if turn > 4 { // on its side
		w, h = h, w
	}
	tw, th := w, h
	if w > most || h > most {
		if w >= h {
			tw, th = most, max(1, h*most/w)
		} else {
			tw, th = max(1, w*most/h), most
		}
	}
	out := image.NewRGBA(image.Rect(0, 0, tw, th))
	at := reader(from)
	n := uint32(samples)
	if tw == w {
		n = 1
	}
	for y := range th {
		for x := range tw {
			var r, g, bl uint32
			for j := range n {
				for i := range n {
					// The middle of each part of the pixel, in the picture as it stands upright.
					ux, uy := int((uint64(x)*2*uint64(n)+2*uint64(i)+1)*uint64(w)/(2*uint64(n)*uint64(tw))), int((uint64(y)*2*uint64(n)+2*uint64(j)+1)*uint64(h)/(2*uint64(n)*uint64(th)))
					sx, sy := turned(turn, ux, uy, w, h)
					pr, pg, pb := at(b.Min.X+sx, b.Min.Y+sy)
					r, g, bl = r+pr, g+pg, bl+pb
				}
			}
			k := out.PixOffset(x, y)
			out.Pix[k], out.Pix[k+1], out.Pix[k+2], out.Pix[k+3] = uint8(r/(n*n)), uint8(g/(n*n)), uint8(bl/(n*n)), 0xff //nolint:gosec // a mean of bytes
		}
	}
	return out
}

// turned is where a pixel of the picture as it stands upright, w wide and h high, lies in the picture as it was taken.
func turned(turn, x, y, w, h int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, w - 1 - x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return h - 1 - y, x
	}
	return x, y
}

// reader gives the colours of a picture's pixels, 0 to 255; what can be seen through lies on white.
func reader(from image.Image) func(x, y int) (r, g, b uint32) {
	switch m := from.(type) {
	case *image.YCbCr:
		return func(x, y int) (uint32, uint32, uint32) {
			i, j := m.YOffset(x, y), m.COffset(x, y)
			r, g, b := color.YCbCrToRGB(m.Y[i], m.Cb[j], m.Cr[j])
			return uint32(r), uint32(g), uint32(b)
		}
	case *image.Gray:
		return func(x, y int) (uint32, uint32, uint32) {
			v := uint32(m.Pix[m.PixOffset(x, y)])
			return v, v, v
		}
	}
	return func(x, y int) (uint32, uint32, uint32) {
		r, g, b, a := from.At(x, y).RGBA() // times a
		white := 0xffff - a
		return (r + white) >> 8, (g + white) >> 8, (b + white) >> 8
	}
}
