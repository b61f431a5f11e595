package procedure

import (
	"strings"
	"testing"

	"nazorat/internal/fact"
)

// What people type for a telephone and for an e-mail address, pasted from wherever, and what nobody can be reached at.
func TestWhatIsTypedForAnAddressLooksLikeOne(t *testing.T) {
	for _, c := range []struct {
		shape    Shape
		key      string
		accepted string
		refused  string
	}{
		{Telephone, FieldNoPhone, "+998 90 123 45 67|998901234567|+998–90–123–45–67|+998\u00a090\u00a0123\u00a045\u00a067|+ 998 90 123-45-67|+ (998) 90 1234567|(+998 71) - 233 45 67|8 (71) 233-45-67|(90) 123.45.67|00998901234567|+372 5123 456",
			"ask his brother|12|233-45-67|+998 90 123 45 67, +998 91 123 45 67|+998 71 233 45 67 доб. 12|123456789012345678|+998 90 abc 45 67|++++++99890123456"},
		{Email, FieldNoEmail, "dilnoza@mail.uz|a.b+c_d@x-y.example.org|O'Neil@example.com", "dilnoza at mail.uz|dilnoza@mail|почта@пример.уз|<a@b.uz>|a@b.uz, c@d.uz|a b@c.uz|a@b.uz\nBcc: x@y.uz|@b.uz|a..b@c.uz|.a@c.uz"},
	} {
		f := &Field{Name: "x", Type: fact.Text, Shape: c.shape}
		for _, typed := range strings.Split(c.accepted, "|") {
			if v, key := f.ParseValue(" "+typed+" ", nil); key != "" || v.Text != typed {
				t.Errorf("%s: %q is refused: %s (%q)", c.shape, typed, key, v.Text)
			}
		}
		for _, typed := range strings.Split(c.refused, "|") {
			if _, key := f.ParseValue(typed, nil); key != c.key {
				t.Errorf("%s: %q: %q", c.shape, typed, key)
			}
		}
		if _, key := f.ParseValue("", nil); key != "" {
			t.Errorf("%s: nothing typed: %s", c.shape, key)
		}
	}
	if f := (&Field{Type: fact.Text}); AnyShape.Pattern() != "" || f.Shape.Pattern() != "" {
		t.Error("a text of any shape has a pattern")
	}
}
