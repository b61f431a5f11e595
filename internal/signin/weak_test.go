package signin_test

import (
	"strings"
	"testing"
	"time"

	"nazorat/internal/signin"
)

// about is what is known of an officer: login, name, office.
var about = []string{"j.karimov", "Jasur Karimov", "1726", "Toshkent shahar prokuraturasi", "Прокуратура города Ташкента"}

func TestPasswordsThatManyHaveAreRefused(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"password1234", "Password123!", "P@ssw0rd1234", "qwertyuiop12", "qwerty123456", "123456789012", "111111111111", "abcdefghijkl", "iloveyou1234", "1q2w3e4r5t6y",
		"administrator", "aaaaaaaaaaaaaaaaaaaa", "abcabcabcabcabc",
		"prokuratura2026", "Toshkent2026!", "Uzbekistan2026", "nazoratnazorat", "ozbekiston123", "Oʻzbekiston123", "parolparol12", "parol1234567",
		"jasurkarimov", "j.karimov2026", "Karimov.1726!", "KarimovJasur1", "каримов2026!!", "Жасур Каримов", "прокуратура2026", "парольпароль", "йцукенгшщзхъ", "ghjrehfnehf", "ghjrehfnehf2026", "lfcehrfhbvjd", "пароль123456", "ташкент20262026",
	} {
		if e := signin.Entropy(p, about...); e >= signin.LeastEntropy {
			t.Errorf("%q is taken for one of %.0f bits", p, e)
		}
	}
}

func TestSentencesAndDrawnPasswordsAreTaken(t *testing.T) {
	t.Parallel()
	for _, p := range []string{"a long enough password", "another quite long password", "correct horse battery staple", "seventeen otters juggle brass", "K7QXWPLT3MZ5BVN2RYAH6DCEFG",
		"tarvuz zinapoya bulbul kechki", "Olma daraxti tagida uxladim", "шаварма циркуль ромашка йод", "ўттиз қалдирғоч том устида", "x9#Kq2!vLm4z", "зелёный чайник поёт ночью"} {
		if e := signin.Entropy(p, about...); e < signin.LeastEntropy {
			t.Errorf("%q is taken for one of %.0f bits", p, e)
		}
	}
}

// The work must not grow without bounds with what is typed.
func TestLongestPasswordsAreMeasuredSoon(t *testing.T) {
	t.Parallel()
	for _, p := range []string{strings.Repeat("a", 256), strings.Repeat("4@31!$", 40), strings.Repeat("password", 32), strings.Repeat("пароль", 40), strings.Repeat("qwerty1!", 32)} {
		start := time.Now()
		signin.Entropy(p, about...)
		if took := time.Since(start); took > 20*time.Second { // a hang, on the slowest machine
			t.Errorf("%q: %v", p[:8], took)
		}
	}
}
