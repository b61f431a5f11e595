package notice

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"nazorat/internal/fault"
)

// TelephonesFile says, beside the law of a service, how people there write telephone numbers.
const TelephonesFile = "telephones.yaml"

// Telephones are the numbers of the country of a service, all in digits. The zero Telephones know none: every number has to be written with its country.
type Telephones struct {
	Country string   `yaml:"country"` // its code
	Digits  int      `yaml:"digits"`  // that a number has without it
	Before  []string `yaml:"before"`  // what is dialled in front of such a number within the country
	Example string   `yaml:"example"` // one as people write it
}

// ReadTelephones reads those of a service from the folder of its law.
func ReadTelephones(fsys fs.FS, law string) (Telephones, error) {
	var n Telephones
	file := law + "/" + TelephonesFile
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return n, fmt.Errorf("read how telephone numbers are written: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&n); err != nil {
		return Telephones{}, fmt.Errorf("%s: %w", file, err)
	}
	for _, x := range append([]string{n.Country}, n.Before...) {
		if x == "" || strings.ContainsFunc(x, noDigit) {
			return Telephones{}, fmt.Errorf("%s: country and before are digits, and %q is none", file, x)
		}
	}
	if _, err := n.Number(n.Example); err != nil || len(n.Country)+n.Digits > mostTelephone || n.Digits < leastTelephone-len(n.Country) {
		return Telephones{}, fmt.Errorf("%s: it wants country, how many digits a number has behind it, and an example that is such a number", file)
	}
	return n, nil
}

// How many digits a number has with its country (E.164 allows fifteen; the least is ours).
const (
	leastTelephone = 8
	mostTelephone  = 15
)

func noDigit(r rune) bool { return r < '0' || r > '9' }

// Number is a telephone number with its country, + and digits alone, however it was written: with spaces, hyphens, dots or brackets, with + or 00 or nothing before
// the country, without the country, or as it is dialled within it. Two writings of one number come to the same. Invalid for what cannot be a number.
func (n Telephones) Number(typed string) (string, error) {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Pd, r) || strings.ContainsRune("().", r) {
			return -1
		}
		return r
	}, strings.TrimSpace(typed))
	rest, whole := strings.CutPrefix(digits, "+")
	if !whole {
		rest, whole = strings.CutPrefix(digits, "00")
	}
	if strings.ContainsFunc(rest, noDigit) {
		return "", n.none()
	}
	if n.Country != "" && !whole {
		rest = n.abroad(rest)
	}
	here := n.Country != "" && strings.HasPrefix(rest, n.Country)
	if !whole && !here || here && len(rest) != len(n.Country)+n.Digits || len(rest) < leastTelephone || len(rest) > mostTelephone || rest[0] == '0' {
		return "", n.none()
	}
	return "+" + rest, nil
}

// abroad are the digits of a number as they are dialled from another country; "" for none of this one.
func (n Telephones) abroad(digits string) string {
	switch {
	case len(digits) == n.Digits:
		return n.Country + digits
	case len(digits) == len(n.Country)+n.Digits && strings.HasPrefix(digits, n.Country):
		return digits
	}
	for _, before := range n.Before {
		if rest, ok := strings.CutPrefix(digits, before); ok && len(rest) == n.Digits {
			return n.Country + rest
		}
	}
	return ""
}

// none says that something is no number, and how one is written.
func (n Telephones) none() error {
	if n.Example == "" {
		return fault.New(fault.Invalid, "notice.bad_number_abroad", nil)
	}
	return fault.New(fault.Invalid, "notice.bad_number", fault.Args{"example": n.Example})
}
