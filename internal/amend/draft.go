package amend

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"nazorat/internal/calendar"
	"nazorat/internal/lawload"
	"nazorat/internal/lawtext"
	"nazorat/internal/procedure"
)

// MostDraft bounds the text of a draft.
const MostDraft = 512 << 10

// Draft is an edition that is not in force, loaded as the newest of its law.
type Draft struct {
	Law      *procedure.Law     // with all editions, the draft last
	Edition  *procedure.Edition // the draft
	Base     *procedure.Law     // the law without it; its numbers mean the same in Law
	InForce  calendar.Date      // from which day, as its text says
	Warnings lawtext.Problems
}

// Text is the text of a draft and of what stands beside it.
type Text struct {
	Name   string            // as problems call it: the file's name
	Text   []byte            // of the edition
	Beside map[string][]byte // parts and labels of its own, by file name
}

var (
	inForce   = regexp.MustCompile(`(?m)^in_force:[ \t]*["']?([^\s"'#]*)["']?`)
	lawNamed  = regexp.MustCompile(`(?m)^procedure:[ \t]*["']?([^\s"'#]+)["']?`)
	otherDate = regexp.MustCompile(`^\d{4}-\d\d-\d\d\.yaml$`)
)

// before is the edition that the draft would follow: the last one of an earlier
// day. A draft that lies in the law's own folder is among the editions itself.
func (d *Draft) before() *procedure.Edition {
	list := d.Law.Editions[:len(d.Law.Editions)-1]
	for _, e := range slices.Backward(list) {
		if e.InForce < d.InForce {
			return e
		}
	}
	return list[0]
}

// LawOf is the law that the text of an edition says it belongs to; "" if it does not say.
func LawOf(text []byte) string {
	if m := lawNamed.FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return ""
}

// LoadDraft loads a law of fsys with a draft as its newest edition, whatever
// day the draft says it is in force from. A lawtext.Problems names the draft's
// own lines under Text.Name.
func LoadDraft(fsys fs.FS, law string, text Text) (*Draft, error) {
	if len(text.Text) > MostDraft {
		return nil, lawtext.Problems{{File: text.Name, What: fmt.Sprintf("is longer than %d KiB", MostDraft>>10)}}
	}
	base, _, err := lawload.Load(fsys, law)
	if err != nil {
		return nil, fmt.Errorf("law %s: %w", law, err)
	}
	if named := LawOf(text.Text); named != law {
		return nil, lawtext.Problems{{File: text.Name, Line: 1, What: fmt.Sprintf("the draft says procedure: %q", named), Meant: "it is tried over " + law}}
	}
	at := inForce.FindSubmatchIndex(text.Text)
	if at == nil {
		return nil, lawtext.Problems{{File: text.Name, Line: 1, What: "in_force is missing", Meant: "say in_force: 2027-01-01, the day from which it would be in force"}}
	}
	line := 1 + bytes.Count(text.Text[:at[0]], []byte("\n"))
	day, err := calendar.ParseDate(string(text.Text[at[2]:at[3]]))
	if err != nil {
		return nil, lawtext.Problems{{File: text.Name, Line: line, What: fmt.Sprintf("in_force: %v", err)}}
	}
	// It must come last. Where its day does not, another is written for the loader; nothing reads it but the order of editions.
	last := base.Editions[len(base.Editions)-1]
	placed := max(day, last.InForce+1)
	edition := slices.Concat(text.Text[:at[2]], []byte(placed.String()), text.Text[at[3]:])
	file := path.Join(law, placed.String()+".yaml")
	over := overlay{under: fsys, files: map[string][]byte{file: edition}}
	for name, data := range text.Beside {
		put, problem := text.beside(fsys, law, name, data)
		if problem != nil {
			return nil, lawtext.Problems{*problem}
		}
		if put {
			over.files[path.Join(law, name)] = data
		}
	}
	with, warnings, err := lawload.Load(over, law)
	var problems lawtext.Problems
	if errors.As(err, &problems) {
		return nil, renamed(problems, file, text.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("law %s with the draft: %w", law, err)
	}
	d := &Draft{Law: with, Edition: with.Editions[len(with.Editions)-1], Base: base, InForce: day, Warnings: renamed(warnings, file, text.Name)}
	return d, d.sameNumbers()
}

// beside says whether a file beside the draft belongs to it: its labels, and the
// parts that it includes. A part of the same name in the law's own folder belongs to
// the editions in force, which must stay as they are.
func (t *Text) beside(fsys fs.FS, law, name string, data []byte) (put bool, _ *lawtext.Problem) {
	if path.Base(name) != name || !strings.HasSuffix(name, ".yaml") || otherDate.MatchString(name) {
		return false, nil
	}
	if strings.HasPrefix(name, "labels.") {
		return true, nil
	}
	if !bytes.Contains(t.Text, []byte(name)) {
		return false, nil
	}
	have, err := fs.ReadFile(fsys, path.Join(law, name))
	if err != nil || bytes.Equal(have, data) {
		return err != nil, nil
	}
	return false, &lawtext.Problem{File: t.Name, Line: 1, What: fmt.Sprintf("includes %s, which the editions in force have too, with another text", name),
		Meant: "give what is new a name of its own"}
}

// renamed calls the draft in problems as its owner calls it.
func renamed(list lawtext.Problems, file, name string) lawtext.Problems {
	out := slices.Clone(list)
	for i := range out {
		if out[i].File == file {
			out[i].File = name
		}
		out[i].Meant = strings.ReplaceAll(out[i].Meant, file, name)
	}
	return out
}

// sameNumbers holds what a trial rests on: numbers of the law without the draft are those of the law with it.
func (d *Draft) sameNumbers() error {
	for i, e := range d.Base.Editions {
		with := d.Law.Editions[i]
		if with.Name != e.Name || !prefix(d.Base.ActName, d.Law.ActName, len(e.Acts)) || !prefix(d.Base.TermName, d.Law.TermName, len(e.Terms)) ||
			!prefix(d.Base.KindName, d.Law.KindName, len(e.Kinds)) {
			return fmt.Errorf("law %s: with the draft, edition %s numbers its rules in another way", d.Law.Name, e.Name)
		}
	}
	return nil
}

func prefix[ID ~int16](a, b func(ID) string, n int) bool {
	for i := range n {
		if a(ID(i)) != b(ID(i)) {
			return false
		}
	}
	return true
}

// Over is a tree of files with some more, or others, laid over it.
func Over(under fs.FS, files map[string][]byte) fs.FS { return overlay{under, files} }

// overlay is a tree of files with some more laid over it.
type overlay struct {
	under fs.FS
	files map[string][]byte
}

// Open is part of fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	if data, ok := o.files[name]; ok {
		return &laid{Reader: bytes.NewReader(data), name: path.Base(name), size: int64(len(data))}, nil
	}
	return o.under.Open(name)
}

// ReadDir is part of fs.ReadDirFS. A folder that only the files laid over have is there too.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(o.under, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	found := err == nil
	out := slices.Clone(list)
	for file, data := range o.files {
		if path.Dir(file) != name {
			continue
		}
		found = true
		out = slices.DeleteFunc(out, func(e fs.DirEntry) bool { return e.Name() == path.Base(file) })
		out = append(out, fs.FileInfoToDirEntry(&laid{name: path.Base(file), size: int64(len(data))}))
	}
	if !found {
		return nil, err
	}
	slices.SortFunc(out, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return out, nil
}

// laid is a file laid over a tree; it is its own fs.FileInfo.
type laid struct {
	io.Reader
	name string
	size int64
}

func (f *laid) Stat() (fs.FileInfo, error) { return f, nil }
func (f *laid) Close() error               { return nil }
func (f *laid) Name() string               { return f.name }
func (f *laid) Size() int64                { return f.size }
func (f *laid) Mode() fs.FileMode          { return 0o444 }
func (f *laid) ModTime() time.Time         { return time.Time{} }
func (f *laid) IsDir() bool                { return false }
func (f *laid) Sys() any                   { return nil }
