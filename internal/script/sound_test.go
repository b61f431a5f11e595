package script_test

import (
	"strings"
	"testing"

	"nazorat/internal/script"
)

func TestSpellingsOfANameSoundAlike(t *testing.T) {
	t.Parallel()
	for _, line := range strings.Split(strings.TrimSpace(`
Joʻrayev Jo'rayev Жўраев Жураев Джураев Djuraev Dzhuraev Juraev Juraev Jurayev
Yoʻldoshev Йўлдошев Юлдашев Yuldashev Yuldoshev Iuldashev Yoldoshev
Xoʻjayev Хўжаев Ходжаев Khodjaev Khodzhaev Hojaev Xodjayev
Qahhorov Қаҳҳоров Каххаров Kakhkharov Qaxxorov Kaharov
Rahmonov Раҳмонов Рахманов Rakhmanov Raxmonov
Toʻlqin To‘lqin Тўлқин Тулкин Tulkin Tolqin
Gʻayrat Ғайрат Гайрат Ghayrat Gayrat Gairat
Gʻulomov Ғуломов Гулямов Guljamov:- Gulomov Gulamov
Shuhrat Шуҳрат Шухрат Shukhrat Shuxrat
Oʻktam Ўктам Уктам Uktam Oktam
Ulugʻbek Улуғбек Улугбек Ulughbek Ulugbek
Yelena Елена Elena
Yusuf Юсуф Iusuf
Ziyoda Зиёда Зиода Ziyoda Zioda
Nosirov Носиров Насыров Nasyrov Nasirov Nosirov
Temur Темур Тимур Timur
Tojiyev Тожиев Таджиев Tadjiev Tadzhiev Tojiev
Sattorov Сатторов Саттаров Sattarov Satorov
Nurilloh Нуриллоҳ Нурилло Nurillo
Botirovich Ботирович Батырович Batyrovich Botir Botiro'g'li Ботирўғли Батыр
Aliyevich Алиевич Alievich Ali Али
Sergeyevich Сергеевич Sergeevich Sergey Сергей Sergei
Karimovna Каримовна Karim Karimqizi
Grigoryev Григорьев Grigorev
Mixail Михаил Mikhail
Muhiddinov Муҳиддинов Мухиддинов Mukhitdinov:-
`), "\n") {
		words := strings.Fields(line)
		want := script.Sound(words[0])
		for _, w := range words {
			w, unlike := strings.CutSuffix(w, ":-") // close, and left to what finds typing errors
			if got := script.Sound(w); (got == want) == unlike {
				t.Errorf("%s is %q, %s is %q", words[0], want, w, got)
			}
		}
	}
}

func TestDifferentNamesSoundDifferent(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, w := range strings.Fields(`Karimov Rahimov Salimov Azimov Hakimov Nazarov Safarov Tursunov Usmonov Umarov Yusupov Zokirov Ergashev Shodiyev
		Anvar Sanjar Sardor Sarvar Rustam Bekzod Sherzod Dilshod Farhod Jamshid Jahongir Karimova Li Kim Pak Ten Nam`) {
		k := script.Sound(w)
		if other := seen[k]; other != "" {
			t.Errorf("%s and %s are both %q", w, other, k)
		}
		seen[k] = w
	}
}

func TestWhoseChildSomebodyIsIsNoName(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]bool{"oʻgʻli": true, "o'g'li": true, "ўғли": true, "угли": true, "OGLI": true, "qizi": true, "қизи": true, "кызы": true, "кизи": true, "Ogiloy": false, "Qizilov": false, "": false} {
		if script.Related(word) != want {
			t.Errorf("%q: %v", word, !want)
		}
	}
}

func FuzzSoundIsOneWord(f *testing.F) {
	for _, s := range []string{"Joʻrayev", "Ходжаев", "iy", "yyy", "shchsch", "ъ", "ўу", "ogli", "李"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if k := script.Sound(s); strings.ContainsAny(k, " \t\n'0123456789") || k != script.Sound(s) {
			t.Errorf("%q sounds %q", s, k)
		}
	})
}
