package lawdraw

import (
	"encoding/xml"
	"fmt"
	"math"
	"strings"
)

// Form says where a drawing will stand.
type Form uint8

const (
	// InPage is a part of an HTML page, which says its title.
	InPage Form = iota
	// Alone is a file of its own, with its title and with colours for a dark screen.
	Alone
)

// fonts of a drawing: that of our pages where it is there, else one that is as wide as the boxes allow for. Where there is none of those, as on a Linux
// with its smallest choice of fonts, sans-serif is DejaVu Sans, which is a sixth wider: a file has it drawn that much smaller.
const (
	fonts    = `'Source Sans 3','Liberation Sans',Arial,Helvetica,'DejaVu drawn smaller',sans-serif`
	fontFace = `@font-face{font-family:'DejaVu drawn smaller';src:local('DejaVu Sans');size-adjust:84%}` +
		`@font-face{font-family:'DejaVu drawn smaller';font-weight:600 700;src:local('DejaVu Sans Bold');size-adjust:78%}`
)

// SVG writes the drawing. The same drawing is always written in the same bytes.
func (p *Picture) SVG(form Form) []byte {
	w := writer{p: p, form: form, prefix: "drawing-" + strings.ReplaceAll(p.Drawing.ID(), ".", "-") + "-", width: p.width}
	w.legendRows(form)
	var head strings.Builder
	height := 0.0
	if form == Alone {
		height = w.heading(&head)
	}
	below := height + p.height
	total := below + w.legendHeight
	fmt.Fprintf(&w.out, `<svg xmlns="http://www.w3.org/2000/svg" class="nz-drawing" role="group" aria-labelledby="%[1]stitle" aria-describedby="%[1]sdesc" width="%[2]s" height="%[3]s" viewBox="0 0 %[2]s %[3]s"`,
		w.prefix, num(math.Ceil(w.width)), num(math.Ceil(total)))
	fmt.Fprintf(&w.out, ` font-family="%s"`, fonts)
	if form == Alone {
		fmt.Fprintf(&w.out, ` xml:lang="%s"`, escaped(p.lang))
	}
	fmt.Fprintf(&w.out, ">\n<title id=\"%stitle\">%s</title>\n<desc id=\"%sdesc\">%s</desc>\n", w.prefix, escaped(p.Title), w.prefix, escaped(p.Desc))
	if form == Alone {
		fmt.Fprintf(&w.out, "<style>%s%s</style>\n", fontFace, night())
		fmt.Fprintf(&w.out, "<rect %s width=\"100%%\" height=\"100%%\"/>\n", paperPaint.attributes())
	}
	w.out.WriteString("<defs>")
	for _, s := range strokes {
		fmt.Fprintf(&w.out, `<marker id="%shead-%s" viewBox="0 0 10 10" refX="9" refY="5" markerUnits="userSpaceOnUse" markerWidth="11" markerHeight="11" orient="auto"><path class="nz-drawing__head-%s" d="M0 0.8 10 5 0 9.2z" fill="%s"/></marker>`,
			w.prefix, s.name, s.name, s.day)
	}
	w.out.WriteString("</defs>\n")
	w.out.WriteString(head.String())
	fmt.Fprintf(&w.out, "<g transform=\"translate(%s %s)\">\n", num((w.width-p.width)/2), num(height))
	w.arrows()
	for _, i := range p.scene.reading() {
		w.box(&p.scene.boxes[i])
	}
	w.out.WriteString("</g>\n")
	w.legend(below)
	w.out.WriteString("</svg>\n")
	return []byte(w.out.String())
}

// writer writes one picture.
type writer struct {
	p            *Picture
	form         Form
	prefix       string // of all ids, so that two drawings may stand in one page
	width        float64
	out          strings.Builder
	rows         [][]legendItem
	legendHeight float64
}

// num writes a length with one digit after the point at the most.
func num(v float64) string {
	s := fmt.Sprintf("%.1f", v)
	if s = strings.TrimSuffix(s, ".0"); s == "-0" {
		return "0"
	}
	return s
}

// escaped makes a text fit for XML; letters that XML cannot hold are replaced.
func escaped(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		panic(err) // a strings.Builder takes everything
	}
	return b.String()
}

func (w *writer) heading(out *strings.Builder) (height float64) {
	y := margin
	for _, part := range []run{{w.p.Title, headStyle}, {w.p.Under, underStyle}} {
		for _, r := range wrapped([]run{part}, w.width-2*margin) {
			y += part.style.size * 1.3
			fmt.Fprintf(out, "<text x=\"%s\" y=\"%s\" font-size=\"%g\"%s %s>%s</text>\n", num(margin), num(y-part.style.size*0.3), part.style.size, weight(part.style), inkPaint.attributes(), escaped(plain(r)))
		}
	}
	return y + 8
}

func weight(s style) string {
	if s.bold {
		return ` font-weight="600"`
	}
	return ""
}

func plain(r row) string {
	var b strings.Builder
	for _, part := range r.runs {
		b.WriteString(part.text)
	}
	return b.String()
}

func (w *writer) arrows() {
	w.out.WriteString("<g aria-hidden=\"true\">\n")
	for tone := len(strokes) - 1; tone >= 0; tone-- { // the main path lies above the others
		for _, a := range w.p.scene.arrows {
			if int(a.tone) != tone {
				continue
			}
			var d strings.Builder
			for i, at := range a.points {
				switch {
				case i == 0:
					d.WriteString("M")
				case i%3 == 1:
					d.WriteString("C")
				default:
					d.WriteString(" ")
				}
				d.WriteString(num(at.x) + " " + num(at.y))
			}
			head := ""
			if a.head {
				head = fmt.Sprintf(` marker-end="url(#%shead-%s)"`, w.prefix, strokes[tone].name)
			}
			fmt.Fprintf(&w.out, "<path %s d=\"%s\"%s/>\n", strokes[tone].attributes(), d.String(), head)
		}
	}
	w.out.WriteString("</g>\n")
}

func (w *writer) box(b *box) {
	x, y := b.x-b.w/2, b.y-b.h/2
	if b.shape == dotShape {
		fmt.Fprintf(&w.out, "<circle %s cx=\"%s\" cy=\"%s\" r=\"%s\"/>\n", dotPaint.attributes(), num(b.x), num(b.y), num(dot/2))
		return
	}
	first := ""
	if w.form == InPage && w.first(b) {
		first = ` data-first=""`
	}
	fmt.Fprintf(&w.out, "<g id=\"%s\"%s>", w.prefix+b.id, first)
	if b.says != "" {
		fmt.Fprintf(&w.out, "<title>%s</title>", escaped(b.says))
	}
	w.out.WriteString("\n")
	rect := func(p paint, radius, width float64, more string) {
		fmt.Fprintf(&w.out, "<rect %s stroke-width=\"%g\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%g\"%s/>\n",
			p.attributes(), width, num(x), num(y), num(b.w), num(b.h), radius, more)
	}
	switch {
	case b.shape == actsShape:
		rect(actsPaint, 4, 1, "")
	case b.shape != stateShape:
		rect(farPaint, 9, 1.2, ` stroke-dasharray="4 3"`)
	case b.end:
		p := endPaint
		rect(p, 9, 1.3, "")
		fmt.Fprintf(&w.out, "<rect fill=\"none\" class=\"nz-drawing__rim\" stroke=\"%s\" stroke-width=\"1.3\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"6\"/>\n", p.stroke, num(x+3), num(y+3), num(b.w-6), num(b.h-6))
	default:
		p, width := besidePaint, 1.3
		if b.main {
			p = mainPaint
		}
		if b.far {
			p = farPaint
		}
		if b.start {
			width = 3.4
		}
		rect(p, 9, width, "")
	}
	for i := range b.entries {
		w.entry(b, i, x, y)
	}
	w.out.WriteString("</g>\n")
}

// first reports whether a drawing that is wider than its page is to be seen from this box: the stage that it is of,
// else the one that everything begins with.
func (w *writer) first(b *box) bool {
	if stage := w.p.Drawing.Stage; stage != "" {
		return b.shape == stateShape && b.id == "state-"+stage
	}
	return b.shape == stateShape && b.start
}

// entry is one statement of a box: its sign, and its rows as one text.
func (w *writer) entry(b *box, i int, x, y float64) {
	e := b.entries[i]
	var lines []line
	for _, l := range b.lines {
		if l.entry == i {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return
	}
	if e.href != "" {
		fmt.Fprintf(&w.out, `<a class="nz-drawing__link" text-decoration="none" href="%s">`, escaped(e.href))
	}
	if e.sign != noSign {
		w.sign(e.sign, x+lines[0].x-indent+6, y+lines[0].y-4.4)
	}
	ink := inkPaint
	if e.href != "" && i == 0 && b.shape == stateShape {
		ink = linkPaint // a stage leads on to its own drawing or description; that acts and terms do is seen when one points at them
	}
	fmt.Fprintf(&w.out, "<text %s>", ink.attributes())
	if e.hint != "" {
		fmt.Fprintf(&w.out, "<title>%s</title>", escaped(e.hint))
	}
	for n, l := range lines {
		for j, r := range l.runs {
			at := ""
			if j == 0 {
				at = fmt.Sprintf(` x="%s" y="%s"`, num(x+l.x), num(y+l.y))
			}
			colour := ""
			if r.style == articleStyle {
				colour = " " + softPaint.attributes()
			}
			text := r.text
			if n < len(lines)-1 && j == len(l.runs)-1 {
				text += " " // so that copied and spoken words do not run into each other
			}
			fmt.Fprintf(&w.out, `<tspan%s font-size="%g"%s%s>%s</tspan>`, at, r.style.size, weight(r.style), colour, escaped(text))
		}
	}
	w.out.WriteString("</text>")
	if e.href != "" {
		w.out.WriteString("</a>")
	}
	w.out.WriteString("\n")
}

// sign draws what stands before an entry: a loop for an act after which the
// stage is the same, a clock for a duty, a full disc with a stroke for a
// release, a ring of dots for what is no duty.
func (w *writer) sign(s sign, x, y float64) {
	fmt.Fprintf(&w.out, `<g aria-hidden="true" transform="translate(%s %s)">`, num(x), num(y))
	switch s {
	case staySign:
		fmt.Fprintf(&w.out, `<path %s stroke-width="1.4" d="M3.6-2.6A4.4 4.4 0 1 0 4.4 0.8M4.2-5.2V-2.2H1.2"/>`, stayPaint.attributes())
	case dutySign:
		fmt.Fprintf(&w.out, `<g %s stroke-width="1.4"><circle r="4.7"/><path d="M0-2.8V0.2L2 1.4"/></g>`, dutyPaint.attributes())
	case releaseSign:
		fmt.Fprintf(&w.out, `<circle %s r="5"/><path %s stroke-width="1.7" d="M0-3V0.6M0 1.9V3"/>`, releasePaint.attributes(), onSignPaint.attributes())
	case chanceSign:
		fmt.Fprintf(&w.out, `<g %s stroke-width="1.3"><circle r="4.7" stroke-dasharray="1.6 1.8"/><path d="M0-2.8V0.2L2 1.4"/></g>`, chancePaint.attributes())
	}
	w.out.WriteString("</g>")
}
