package looked

import (
	"strings"

	"nazorat/internal/look"
	"nazorat/internal/script"
	"nazorat/internal/web"
)

// pages are the parts of patterns of pages by which they are told apart, and the ends of the keys of their names.
var pages = []struct{ part, key string }{
	{"/api/", "api"}, {"/history", "history"}, {"/receipts/", "receipt"}, {"/deadlines/", "deadline"}, {"/acts/", "act"}, {"/closed", "closed"}, {"/hearing", "hearing"}, {"/reading", "reading"}, {"/documents/", "document"}, {"/file", "file"}, {"/things/", "things"}, {"/service/officers/", "officer"},
}

// pageOf names a page by the pattern of its address.
func pageOf(pattern string) string {
	for _, p := range pages {
		if strings.Contains(pattern, p.part) {
			return p.key
		}
	}
	return "case"
}

// ofOfficers reports whether a page, by the pattern of its address, shows officers and not proceedings.
func ofOfficers(pattern string) bool {
	return strings.Contains(pattern, "/service") || strings.Contains(pattern, "/recovery")
}

// PurposeText is what a purpose is called in the language of a request.
func PurposeText(t *web.Words, p *look.Purpose) string {
	if t.Lang == "uz-Cyrl" {
		return script.Cyrillic(p.Text("uz"))
	}
	return p.Text(t.Lang)
}
