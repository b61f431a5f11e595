package docket

import (
	"encoding/json"
	"strconv"
	"strings"

	"nazorat/internal/fact"
	"nazorat/internal/journal"
	"nazorat/internal/procedure"
	"nazorat/internal/vault"
)

// A document that a form names is one that its officer has brought: the form has its hash, the entry what it is besides.

// brought puts what is known of the documents that a form names into it. A document that its officer did not bring, or brought too long ago, is
// wrong: by its hash he would read what another has brought. What a link hands over stands in an entry already.
func (k *Docket) brought(w *work, form []fact.Value, bad map[string]string) (map[string]string, error) {
	if w.depth > 0 || k.uploads.Load() == nil {
		return bad, nil
	}
	for _, f := range w.rule.Form {
		if f == nil || f.Type != fact.Document || !form[f.ID].Given() {
			continue
		}
		named, _ := fact.FileOf(form[f.ID].Text)
		file, there, err := w.t.s.upload(vault.Owner{Officer: w.cmd.Actor.Officer, Hash: named.Hash})
		if err != nil {
			return nil, err
		}
		if !there || w.t.erases(named.Hash) {
			if bad == nil {
				bad = map[string]string{}
			}
			form[f.ID], bad[f.Name] = fact.Value{}, procedure.FieldNoUpload
			continue
		}
		form[f.ID].Text = file.Text()
	}
	return bad, nil
}

// Document is the document that an entry names in a field, and the name under which it goes out, of letters and digits that every system takes;
// false where it names none there.
func Document(e *journal.Sealed, field string) (f fact.File, as string, named bool) {
	v := e.Form[field]
	if v[0] != fact.Document.String() {
		return f, "", false
	}
	if f, named = fact.FileOf(v[1]); !named {
		return f, "", false
	}
	as = strings.Map(func(c rune) rune {
		if c == '-' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return c
		}
		return '-'
	}, e.Number+"-"+strconv.FormatInt(e.Seq, 10)+"-"+field)
	return f, as + vault.Ending(f.Type), true
}

// sameFiles puts what an entry says of the documents of its form into a form that names them by their hashes; false where they are others.
func sameFiles(rule *procedure.ActRule, form []fact.Value, entered []byte) bool {
	var were map[string]fact.JSON
	for _, f := range rule.Form {
		if f == nil || f.Type != fact.Document || !form[f.ID].Given() {
			continue
		}
		if were == nil && json.Unmarshal(entered, &were) != nil {
			return false
		}
		now, _ := fact.FileOf(form[f.ID].Text)
		was, ok := fact.FileOf(were[f.Name][1])
		if !ok || was.Hash != now.Hash {
			return false
		}
		form[f.ID].Text = was.Text()
	}
	return true
}

// storeDocuments notes which files an entry names.
func storeDocuments(w *work, e *entry) {
	for name, v := range e.Form {
		if v[0] != fact.Document.String() {
			continue
		}
		if f, ok := fact.FileOf(v[1]); ok && f.Type != "" {
			w.t.documents = append(w.t.documents, vault.Named{Proceeding: e.Proceeding, Seq: e.Seq, Field: name, File: f})
		}
	}
}

// uploads looks up the files that forms of the batch name.
func (s *sheet) uploads(batch []*request) error {
	if s.k.uploads.Load() == nil {
		return nil
	}
	var hashes []string
	for _, r := range batch {
		for i := range r.commands {
			for _, text := range r.commands[i].Form {
				if vault.IsHash(text) {
					hashes = append(hashes, text)
				}
			}
		}
	}
	return s.lookUpFiles(hashes)
}

func (s *sheet) lookUpFiles(hashes []string) error {
	for len(hashes) > 0 {
		n := min(len(hashes), lookTogether)
		tx, err := s.reading()
		if err != nil {
			return err
		}
		found, err := vault.Uploads(tx, hashes[:n], s.k.Now())
		if err != nil {
			return err
		}
		for owner, f := range found {
			s.files[owner] = f
		}
		for _, hash := range hashes[:n] {
			s.asked[hash] = true
		}
		hashes = hashes[n:]
	}
	return nil
}

// upload is a file that an officer has brought.
func (s *sheet) upload(of vault.Owner) (f fact.File, there bool, err error) {
	if !s.asked[of.Hash] {
		if err := s.lookUpFiles([]string{of.Hash}); err != nil {
			return f, false, err
		}
	}
	f, there = s.files[of]
	return f, there, nil
}
