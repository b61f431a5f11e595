package service

import (
	"errors"
	"strings"
	"testing"
)

func TestAListIsReadHoweverItIsSeparated(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"commas":     "name,login,role,office,from,to,order\nKarimov Aziz,a.k,inquirer,1726,2026-03-02,,\"12, SH\"\n",
		"semicolons": "\ufeffName;Login;Role;Office;From;To;Order;office_name\r\nKarimov Aziz;a.k;inquirer;1726;2026-03-02;;12, SH;Department\r\n",
		"tabs":       "order\tname\tlogin\trole\toffice\tfrom\n12, SH\tKarimov Aziz\ta.k\tinquirer\t1726\t2026-03-02\n",
	} {
		lines, err := readCSV(text)
		if err != nil || len(lines) != 1 || lines[0].No != 2 || lines[0].Cells["name"] != "Karimov Aziz" || lines[0].Cells["order"] != "12, SH" || lines[0].Cells["to"] != "" {
			t.Errorf("%s: %+v, %v", name, lines, err)
		}
	}
	if _, err := readCSV("name,login\n"); !errors.Is(err, errColumns) {
		t.Errorf("without columns: %v", err)
	}
	if _, err := readCSV("name,login,role,office,from,order\n" + strings.Repeat("a,b,c,d,e,f\n", mostLines+1)); !errors.Is(err, errTooMany) {
		t.Errorf("too many: %v", err)
	}
}

func TestNoCellIsAFormulaAndComesBackAsItWas(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"=1+1", "+7", "-x", "@SUM", "\tx", "'x", "'=x", "", "plain", "a=b", "'"} {
		out := guarded(s)
		if out != "" && strings.ContainsRune(formulas, rune(out[0])) {
			t.Errorf("%q goes out as %q", s, out)
		}
		if back := plain(out); back != s {
			t.Errorf("%q comes back as %q", s, back)
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	f.Add("name,login,role,office,from,order\na,b,c,d,e,f\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines, err := readCSV(text)
		if err == nil && len(lines) > mostLines {
			t.Error("more than are taken")
		}
	})
}
