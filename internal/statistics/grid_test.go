package statistics

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"nazorat/internal/figures"
)

// small is a grid with what spoils files: what a spreadsheet takes for a formula, marks of XML, an amount that it would round.
func small() *grid {
	return &grid{Title: "=Title & <more>", RowsAre: "Office", AsOf: [][2]string{{"Leaves", "17"}, {"Root", "ab12"}},
		Columns: []column{{Label: "How many"}, {Label: "-Claimed", Money: true}},
		Rows:    []row{{Key: "a", Label: "@office \"A\"", Values: []int64{3, 123456}}, {Key: "b", Label: "B", Values: []int64{0, 1 << 61}}}, Total: &row{Label: "Total", Values: []int64{3, 1<<61 + 123456}}}
}

func TestATableTakenAwayAsCSV(t *testing.T) {
	t.Parallel()
	data, err := small().csv()
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	r.FieldsPerRecord = -1
	lines, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, line := range lines {
		got = append(got, strings.Join(line, "|"))
	}
	want := []string{"'=Title & <more>", "Leaves|17", "Root|ab12", "Office|How many|'-Claimed", "'@office \"A\"|3|1234.56", "B|0|23058430092136939.52", "Total|3|23058430092138174.08"}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("written\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	again, err := small().csv()
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("the same table is another file: %v", err)
	}
}

// What is held back is in no file, and takes no figure's place.
func TestWhatIsHeldBackIsInNoFile(t *testing.T) {
	t.Parallel()
	g := small()
	g.As = &figures.Answer{Cells: map[[2]string]figures.Cell{{"a", ""}: {N: 7}, {figures.All, ""}: {N: 19}}, Back: map[[2]string]bool{{"b", ""}: true}}
	g.Columns = g.Columns[:1]
	for _, line := range append(pointers(g.Rows), g.Total) {
		line.Values = line.Values[:1]
	}
	g.Rows[1].Values[0] = 12
	g.Total.Key = figures.All
	g.holdBack()
	data, err := g.csv()
	if err != nil {
		t.Fatal(err)
	}
	if text := string(data); !strings.HasSuffix(text, "7\nB,…\nTotal,19\n") || strings.Contains(text, ",12") {
		t.Errorf("written\n%s", text)
	}
}

func TestATableTakenAwayAsXLSX(t *testing.T) {
	t.Parallel()
	data, err := small().xlsx()
	if err != nil {
		t.Fatal(err)
	}
	again, err := small().xlsx()
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("the same table is another file: %v", err)
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var sheet struct {
		Rows []struct {
			Cells []struct {
				At   string `xml:"r,attr"`
				Type string `xml:"t,attr"`
				Text string `xml:"is>t"`
				N    string `xml:"v"`
			} `xml:"c"`
		} `xml:"sheetData>row"`
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if err := wellFormed(text); err != nil {
			t.Errorf("%s: %v", f.Name, err)
		}
		if f.Name == "xl/worksheets/sheet1.xml" {
			if err := xml.Unmarshal(text, &sheet); err != nil {
				t.Fatal(err)
			}
		}
	}
	var got []string
	for _, r := range sheet.Rows {
		for _, c := range r.Cells {
			got = append(got, c.At+" "+c.Type+" "+c.Text+c.N)
		}
	}
	want := `A1 inlineStr =Title & <more>, A2 inlineStr Leaves, B2 inlineStr 17, A3 inlineStr Root, B3 inlineStr ab12, A5 inlineStr Office, B5 inlineStr How many, C5 inlineStr -Claimed, ` +
		`A6 inlineStr @office "A", B6  3, C6  1234.56, A7 inlineStr B, B7  0, C7 inlineStr 23058430092136939.52, A8 inlineStr Total, B8  3, C8 inlineStr 23058430092138174.08`
	if is := strings.Join(got, ", "); is != want {
		t.Errorf("written\n%s\nnot\n%s", is, want)
	}
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if got := columnName(i); got != want {
			t.Errorf("column %d is %s, not %s", i, got, want)
		}
	}
}

func wellFormed(text []byte) error {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}
