package vault

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"nazorat/internal/fact"
)

// Name is what a file is called here: the last part of what its sender calls it, in one line of letters that can be seen, with an ending
// of its type, so that no program takes it for what it is not. In whatever scripts it is written, it stays.
func Name(sent, kind string) string {
	if i := strings.LastIndexAny(sent, `/\`); i >= 0 {
		sent = sent[i+1:]
	}
	sent = norm.NFC.String(strings.ToValidUTF8(sent, ""))
	sent = strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || strings.ContainsRune(`"*:<>?|`, r):
			return -1
		}
		return r
	}, sent)
	sent = strings.Trim(strings.Join(strings.Fields(sent), " "), ". ")
	base, ending := sent, ""
	if i := strings.LastIndexByte(sent, '.'); i >= 0 && slices.Contains(endings[kind], strings.ToLower(sent[i:])) {
		base, ending = sent[:i], sent[i:]
	}
	if ending == "" {
		ending = endings[kind][0]
	}
	letters := []rune(base)
	base = strings.TrimRight(string(letters[:min(len(letters), fact.MostFileName-len(ending))]), ". ")
	if base == "" {
		base = "document"
	}
	return base + ending
}

// Ending is how the name of a file of a type ends: ".jpg".
func Ending(kind string) string {
	if list := endings[kind]; len(list) > 0 {
		return list[0]
	}
	return ".bin"
}
