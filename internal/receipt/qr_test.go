package receipt

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// onPaper is how wide the code is printed, in millimetres: see assets/scss/_receipt.scss.
const onPaper = 85

// painted is what a printer or a screen makes of a drawn code: a grey picture of
// width pixels, read from the very path that is drawn. A pixel that lies between two
// modules is as grey as it is covered.
func painted(t *testing.T, c *code, width int) *image.Gray {
	t.Helper()
	const fine = 2 // samples a pixel and direction
	dark := make([][]bool, c.Side)
	for y := range dark {
		dark[y] = make([]bool, c.Side)
	}
	x, y := 0, 0
	run := regexp.MustCompile(`m(-?\d+) (-?\d+)h(\d+)v1h-(\d+)z`)
	if left := run.ReplaceAllString(c.Path, ""); left != "" {
		t.Fatalf("the path holds something else: %q", left)
	}
	for _, m := range run.FindAllStringSubmatch(c.Path, -1) {
		n := make([]int, 4)
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1])
		}
		if n[2] != n[3] {
			t.Fatalf("a run that does not come back: %s", m[0])
		}
		x, y = x+n[0], y+n[1]
		for i := range n[2] {
			dark[y][x+i] = true
		}
	}
	img := image.NewGray(image.Rect(0, 0, width, width))
	at := make([]int, width*fine)
	for i := range at {
		at[i] = i * c.Side / len(at)
	}
	for py := range width {
		for px := range width {
			black := 0
			for _, y := range at[py*fine : (py+1)*fine] {
				for _, x := range at[px*fine : (px+1)*fine] {
					if dark[y][x] {
						black++
					}
				}
			}
			img.Pix[py*img.Stride+px] = uint8(255 - 255*black/(fine*fine))
		}
	}
	return img
}

// read is what another project's decoder reads in a picture. The test is skipped where there is none.
func read(t *testing.T, img image.Image) string {
	t.Helper()
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		t.Skip("no zbarimg is installed (apt-get install zbar-tools)")
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "code.png")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), zbar, "--quiet", "--raw", "--nodbus", file).Output()
	if err != nil {
		t.Fatalf("nothing can be read in a picture of %s: %v", img.Bounds(), err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// longest is the text of the code of a receipt from a tree of 2^levels leaves: what a
// receipt holds beside its proof, and 32 bytes for each level.
func longest(levels int) string {
	raw := make([]byte, 280+32*levels)
	for i := range raw {
		raw[i] = byte(1 + rand.IntN(255))
	}
	return "https://nazorat.prokuratura.example" + CheckPath + "#" + new(big.Int).SetBytes(raw).String()
}

func TestCodeHasItsWhiteAround(t *testing.T) {
	t.Parallel()
	c, err := drawCode(longest(20))
	if err != nil {
		t.Fatal(err)
	}
	img := painted(t, c, c.Side) // a pixel a module
	for y := range c.Side {
		for x := range c.Side {
			outside := min(x, y, c.Side-1-x, c.Side-1-y) < quiet
			if outside && img.GrayAt(x, y).Y != 255 {
				t.Fatalf("the white around the code is broken at %d, %d", x, y)
			}
		}
	}
	if img.GrayAt(quiet, quiet).Y != 0 || img.GrayAt(c.Side-1-quiet, quiet).Y != 0 {
		t.Error("the code does not begin behind its white")
	}
}

// What is printed is read by another decoder, at the size at which it is printed and
// down to 40 mm, from trees as small as one leaf and as large as a thousand million.
func TestPrintedCodeIsReadByAnotherDecoder(t *testing.T) {
	t.Parallel()
	for _, levels := range []int{0, 10, 20, 30} {
		text := longest(levels)
		c, err := drawCode(text)
		if err != nil {
			t.Fatal(err)
		}
		for _, print := range []struct{ side, perInch float64 }{{onPaper, 300}, {40, 600}} { // mm
			side := print.side
			module := side / float64(c.Side)
			t.Logf("%d levels, %d characters: %d modules; at %g mm one is %.2f mm", levels, len(text), c.Side, side, module)
			if got := read(t, painted(t, c, int(side/25.4*print.perInch))); got != text {
				t.Errorf("at %g mm and %g dots an inch: read %d characters, want %d", side, print.perInch, len(got), len(text))
			}
			if least := 0.42; side == onPaper && module < least {
				t.Errorf("%d levels: a module on paper is %.2f mm, which not every telephone reads: want %.2f", levels, module, least)
			}
		}
	}
}

// A photograph is turned, blurred and stained, and is read all the same.
func TestStainedCodeIsRead(t *testing.T) {
	t.Parallel()
	text := longest(20)
	c, err := drawCode(text)
	if err != nil {
		t.Fatal(err)
	}
	img := painted(t, c, 6*c.Side)
	at := 6 * c.Side / 2
	stain := 6 * c.Side / 8
	for y := at; y < at+stain; y++ {
		for x := at; x < at+stain; x++ {
			img.SetGray(x, y, color.Gray{Y: 90})
		}
	}
	turned := image.NewGray(image.Rect(0, 0, img.Rect.Dx(), img.Rect.Dy()))
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			turned.SetGray(img.Rect.Dx()-1-x, img.Rect.Dy()-1-y, img.GrayAt(x, y))
		}
	}
	if got := read(t, turned); got != text {
		t.Errorf("read %d characters, want %d", len(got), len(text))
	}
}

func TestTextTooLongForAnyCodeIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := drawCode(strings.Repeat("a", 3000)); err == nil {
		t.Error("it was drawn")
	}
}

func BenchmarkCode(b *testing.B) {
	text := longest(20)
	for b.Loop() {
		if _, err := drawCode(text); err != nil {
			b.Fatal(err)
		}
	}
}
