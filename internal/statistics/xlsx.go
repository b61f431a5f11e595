package statistics

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
)

// An XLSX file is a zip of a few XML files (ECMA-376). What is wanted of it here is one sheet of texts and numbers; that is less
// than the least library for it, and the same question has the same bytes.
var xlsxParts = []struct{ name, text string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
}

// exact is the largest number that a spreadsheet, which counts in floating point, keeps to its last digit.
const exact = 1_000_000_000_000_000

// xlsx is the grid as a workbook of one sheet. Figures are numbers; those that a spreadsheet would round are texts.
func (g *grid) xlsx() ([]byte, error) {
	var sheet bytes.Buffer
	sheet.WriteString(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	lines, from := g.lines()
	for n, line := range lines {
		fmt.Fprintf(&sheet, `<row r="%d">`, n+1)
		for i, text := range line {
			cell := columnName(i) + strconv.Itoa(n+1)
			if n > from && i > 0 && plainNumber(text) {
				fmt.Fprintf(&sheet, `<c r="%s"><v>%s</v></c>`, cell, text)
				continue
			}
			fmt.Fprintf(&sheet, `<c r="%s" t="inlineStr"><is><t xml:space="preserve">`, cell)
			if err := xml.EscapeText(&sheet, []byte(text)); err != nil {
				return nil, err
			}
			sheet.WriteString(`</t></is></c>`)
		}
		sheet.WriteString(`</row>`)
	}
	sheet.WriteString(`</sheetData></worksheet>`)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, data []byte) error {
		w, err := z.Create(name) // without a time: the same table is the same file
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}
	for _, p := range xlsxParts {
		if err := add(p.name, []byte(xml.Header+p.text)); err != nil {
			return nil, err
		}
	}
	if err := add("xl/worksheets/sheet1.xml", sheet.Bytes()); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func plainNumber(text string) bool {
	f, err := strconv.ParseFloat(text, 64)
	return err == nil && f < exact && f > -exact
}

// columnName is A to Z, AA and so on.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}
