package desk

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"nazorat/internal/fact"
	"nazorat/internal/procedure"
	"nazorat/internal/proceedings"
	"nazorat/internal/vault"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// accepted are the types of files that a browser offers to choose from. What is taken, the bytes decide.
var accepted = strings.Join([]string{vault.JPEG, vault.PNG, vault.PDF, vault.Text}, ",")

// fileInput takes a file, and shows the one that came with the form before; where this process keeps no files, it takes a hash.
func (d *Desk) fileInput(ctx context.Context, r *web.Request, fld *procedure.Field, base ui.Field, value string) (templ.Component, error) {
	t := r.Words
	if d.vault == nil {
		base.Hint = t.T("act.document_hint")
		return ui.Text(ui.TextField{Field: base, Value: value}), nil
	}
	base.ID, base.Name = base.Name, web.FilePrefix+fld.Name // errors lead to the field by the name that the law gives it
	base.Hint = t.T("act.file_hint", "n", vault.MostBytes>>20)
	v := ui.FileField{Field: base, Accept: accepted, Camera: t.T("act.camera")}
	if vault.IsHash(value) {
		list, err := d.vault.Uploaded(ctx, r.Session.Officer.ID, []string{value})
		if err != nil {
			return nil, err
		}
		if f, there := list[value]; there {
			v.Kept, v.KeptName = value, fieldPrefix+fld.Name
			v.KeptIs = t.T("act.file_kept", "file", t.Value("", "", "", nil, fact.TextOf(fact.Document, f.Text()), ""))
			v.Drop = ui.CheckboxField{Field: ui.Field{Name: dropPrefix + fld.Name, Label: t.T("act.file_drop")}}
		}
	}
	return ui.File(v), nil
}

// takesFiles reports whether a form has a field for a file.
func (f *form) takesFiles() bool {
	for _, fld := range f.rule.Form {
		if fld != nil && fld.Type == fact.Document {
			return true
		}
	}
	return false
}

// SheetHref is the page of one sheet in the file of a proceeding.
func SheetHref(id string, seq int64) string {
	return proceedingHref(id) + "/file/" + strconv.FormatInt(seq, 10)
}

// DocumentHref is a document that a sheet names in a field of its form.
func DocumentHref(id string, seq int64, field string) string {
	return proceedingHref(id) + "/documents/" + strconv.FormatInt(seq, 10) + "/" + url.PathEscape(field)
}

// ThingDocumentHref is a document that a fact of a thing names.
func ThingDocumentHref(p *proceedings.Proceeding, no int32, field string) string {
	return thingPageHref(p, no) + "/documents/" + url.PathEscape(field)
}
