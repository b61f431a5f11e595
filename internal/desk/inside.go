package desk

import (
	"net/http"

	"github.com/a-h/templ"

	"nazorat/internal/proceedings"
	"nazorat/internal/web"
	"nazorat/internal/web/ui"
)

// Inside is a page of a proceeding that holds the form of an act: the same form as on a page of its own, sent to that page and shown on it
// with whatever is wrong.
type Inside struct {
	Act  string
	Path string // where the form is sent; the same address shows it
	Back string // where it leads when it was done, and who leaves it
	// Show answers with the page, and records the look. page has what is wrong with the form, and what was done by it; the proceeding is as it was read for the form.
	Show func(p *proceedings.Proceeding, status int, page ui.Page, form templ.Component) error
}

// TurnedTo is the name of a button of such a form that does not do the act: the page is shown anew, with what was typed.
const TurnedTo = "turn"

// FormInside shows the form of an act on another page of its proceeding, which the address of the request names.
func (d *Desk) FormInside(w http.ResponseWriter, r *web.Request, in *Inside) error {
	f, err := d.formInside(r, in)
	if err != nil {
		return err
	}
	return d.fresh(w, r, f)
}

// ActInside does the act whose form was sent from such a page, or shows it anew.
func (d *Desk) ActInside(w http.ResponseWriter, r *web.Request, in *Inside) error {
	f, err := d.formInside(r, in)
	if err != nil {
		return err
	}
	if r.PostForm.Get(TurnedTo) == "" {
		return d.do(w, r, f)
	}
	if err := f.sent(r); err != nil {
		return err
	}
	return d.showForm(w, r, http.StatusOK, f)
}

func (d *Desk) formInside(r *web.Request, in *Inside) (*form, error) {
	f, err := d.formOf(r, in.Act)
	if err != nil {
		return nil, err
	}
	f.inside, f.path, f.back = in, in.Path, in.Back
	return f, nil
}
