package db_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"testing"

	"nazorat/internal/db"
)

// There is one way to write a row: what is read is written the same again.
func FuzzRowOfAnArchiveIsWrittenInOneWay(f *testing.F) {
	for _, line := range []string{
		"[1,\"a\",\"AA==\"]\n", "[null,null,null]\n", "[-9223372036854775808,\"\\\"\\\\\\u0000\\u001f\u007f\u2028\",\"\"]\n", "[01,\"\",\"\"]\n", "[1,\"\\u0041\",\"\"]\n",
		"[1,\"\\n\",\"AB==\"]\n", "[1 ,\"\xff\",\"AA==\"]\n", "[]\n", "[1,\"a\",\"AA==\",2]\n",
	} {
		f.Add([]byte(line))
	}
	columns := []db.TableColumn{{Name: "n", Type: "int"}, {Name: "t", Type: "text"}, {Name: "b", Type: "bytes"}}
	f.Fuzz(func(t *testing.T, line []byte) {
		again, err := db.Rewrite(line, columns)
		if err == nil && !bytes.Equal(again, line) {
			t.Errorf("%q is written again as %q", line, again)
		}
	})
}

// Whatever stands in the lines, reading them ends, and what is taken for an archive counts what it says.
func FuzzLinesOfAnArchiveAreReadOrRefused(f *testing.F) {
	f.Add([]byte(`{"nazorat":"archive","format":1,"made":1,"database":"sqlite","migrations":[]}
{"complete":true,"tables":0,"rows":0,"sha256":"ac2f7b6b3ad3c1c1d1b1c0d7b2ca1d1e1a9d6e3e3f5e8f7a7b1d2c3e4f5a6b7c"}
`))
	f.Add([]byte(`{"nazorat":"archive","format":1,"made":1,"database":"sqlite","migrations":null}
{"table":"a","columns":[{"name":"n","type":"int"}],"key":["n"]}
[1]
{"end":"a","rows":1,"sha256":""}
`))
	f.Fuzz(func(t *testing.T, lines []byte) {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.NoCompression)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := z.Write(lines); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		m, err := db.CheckArchive(context.Background(), &b)
		if err == nil && m.Rows() > int64(bytes.Count(lines, []byte("\n"))) {
			t.Errorf("%d rows in %d bytes", m.Rows(), len(lines))
		}
	})
}
