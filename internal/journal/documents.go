package journal

import (
	"bytes"
	"encoding/json"
	"fmt"

	"nazorat/internal/fact"
)

// aDocument is what an entry's canonical bytes hold where its form names a document, and perhaps where it does not.
var aDocument = []byte(`["` + fact.Document.String() + `","`)

// Documents are the documents that the form of an entry names, read from its canonical bytes.
func Documents(canonical []byte) (out []fact.File, err error) {
	if !bytes.Contains(canonical, aDocument) {
		return nil, nil
	}
	var e struct {
		Form map[string]fact.JSON `json:"form"`
	}
	if err := json.Unmarshal(canonical, &e); err != nil {
		return nil, fmt.Errorf("the form of an entry: %w", err)
	}
	for _, v := range e.Form {
		if f, ok := fact.FileOf(v[1]); ok && v[0] == fact.Document.String() {
			out = append(out, f)
		}
	}
	return out, nil
}
