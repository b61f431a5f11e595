package lawdraw

import (
	"strings"
)

// How wide a text will be is not known before it is shown: a page has a font of
// its own, a file is opened wherever. Boxes are made for the widths of Arial
// and of Liberation Sans, which agree; the font of our pages is narrower, so
// nothing grows out of its box there. The letters of Uzbek Cyrillic that those
// fonts lack come from another, and are as wide as in DejaVu Sans.

// widths of letters in thousandths of the size of the font, widest last.
var widths = []struct {
	thousandths float64
	letters     string
}{
	{222, "'ijl‘’|"},
	{278, " \u00a0!,./:;I[\\]ftìÌ"},
	{333, "()-`r“”{}·ʻʼ"},
	{365, "г\""},
	{389, "*"},
	{438, "кт"},
	{469, "з^"},
	{500, "Jcksvxyzсухў"},
	{531, "эчьв"},
	{556, "Гпян#$0123456789?L_abdeghnopquаеорё«»–àèéòùғ"},
	{584, "ийбцК+<=>~дл×"},
	{625, "ЗFTZТъ"},
	{667, "УЎБЛЬ&ABEKPSVXYАВЕРХЧЁÀÈÉжДқҳҒ"},
	{722, "мИЙПЭыCDHNRUwНСЯÙ"},
	{778, "ҚҲЦюФGOQОÒЪ"},
	{833, "шфщMmМ"},
	{944, "Ы%ШЖЩW"},
	{1073, "—…→Ю@№"},
}

// unknown is the width of a letter that the table lacks: a wide one, for room is better than none.
const unknown = 760

// bolder is how much wider bold letters are.
const bolder = 1.08

// width of a text at a size of font.
func width(text string, size float64, bold bool) float64 {
	sum := 0.0
	for _, r := range text {
		sum += letterWidth(r)
	}
	if bold {
		sum *= bolder
	}
	return sum * size / 1000
}

func letterWidth(r rune) float64 {
	for _, w := range widths {
		if strings.ContainsRune(w.letters, r) {
			return w.thousandths
		}
	}
	return unknown
}

// run is a piece of a row in one style.
type run struct {
	text  string
	style style
}

// row is one line of text as it will stand.
type row struct {
	runs  []run
	width float64
}

// wrapped breaks runs into rows that are no wider than most, at blanks. What
// has no blank is not broken: a row may then be wider. A run whose style is kept
// together, such as an article, goes to the next row as a whole.
func wrapped(runs []run, most float64) []row {
	var rows []row
	var now row
	flush := func() {
		if len(now.runs) > 0 {
			rows, now = append(rows, now), row{}
		}
	}
	for _, r := range runs {
		words := strings.Fields(r.text)
		if r.style.whole && width(r.text, r.style.size, r.style.bold) <= most {
			words = []string{strings.Join(words, " ")}
		}
		for _, word := range words {
			w := width(word, r.style.size, r.style.bold)
			blank := width(" ", r.style.size, r.style.bold)
			if now.width > 0 && now.width+blank+w > most {
				flush()
			}
			last := len(now.runs) - 1
			switch {
			case last < 0:
				now.runs = append(now.runs, run{word, r.style})
				now.width += w
				continue
			case now.runs[last].style == r.style:
				now.runs[last].text += " " + word
			default:
				now.runs = append(now.runs, run{" " + word, r.style})
			}
			now.width += blank + w
		}
	}
	flush()
	return rows
}
