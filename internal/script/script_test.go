package script

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLatinBecomesCyrillicByRuleAndException(t *testing.T) {
	t.Parallel()
	for latin, want := range map[string]string{
		// letters, and every apostrophe that people type
		"Jinoyat ishi qoʻzgʻatilsin":         "Жиноят иши қўзғатилсин",
		"qo'zg'atish qo`zg`atish":            "қўзғатиш қўзғатиш",
		"qo‘zg‘atish qo’zg’atish":            "қўзғатиш қўзғатиш",
		"qoʼzgʼatish qo´zg´atish":            "қўзғатиш қўзғатиш",
		"sanʼat ma'no eʼlon Ta’lim":          "санъат маъно эълон Таълим",
		"jomeʼ":                              "жомеъ",
		"bogʻ tog'":                          "боғ тоғ",
		"yoʻl yer yaxshi yulduz yoz":         "йўл ер яхши юлдуз ёз",
		"tayyor oyat yangi yoʻqlama":         "тайёр оят янги йўқлама",
		"Isʼhoq asʼhob shahar":               "Исҳоқ асҳоб шаҳар",
		"eshik aeroport poyezd maʼmur":       "эшик аэропорт поезд маъмур",
		"nega Oʻzbekiston":                   "нега Ўзбекистон",
		"choʻchqa chang singan":              "чўчқа чанг синган",
		"ketsin ketsa hayotsiz mehnatsevar":  "кетсин кетса ҳаётсиз меҳнатсевар",
		"protsent abzats Donetskdan":         "процент абзац Донецкдан",
		"premyer pyesa karyera":              "премьер пьеса карьера",
		"konstitutsiya militsiya aksiya":     "конституция милиция акция",
		"inspeksiya sanksiya instansiya":     "инспекция санкция инстанция",
		"litsenziya pensiya versiya sessiya": "лицензия пенсия версия сессия",
		"korrupsiya prezumpsiya":             "коррупция презумпция",
		"obyekt subyekt sʼezd":               "объект субъект съезд",
		"rayon mayor byudjet kompyuterlar":   "район майор бюджет компьютерлар",
		"moʻjiza shoʻba moʻtadil":            "мўъжиза шўъба мўътадил",
		"rol roli rolik":                     "роль роли ролик",
		"avtomobil avtomobillar":             "автомобиль автомобиллар",
		"sudya sudyaga jarayon":              "судья судьяга жараён",
		// native words that begin like a loan word
		"pulsiz sirka olgani millat yodim tilda": "пулсиз сирка олгани миллат ёдим тилда",
		// months, and the soft sign that falls off before an ending
		"yanvar fevral mart aprel may iyun":        "январь февраль март апрель май июнь",
		"iyul avgust sentabr oktabr noyabr dekabr": "июль август сентябрь октябрь ноябрь декабрь",
		"2016-yil 21-oktabrdagi qaror":             "2016-йил 21-октябрдаги қарор",
		"OKTABR SENTABRDA":                         "ОКТЯБРЬ СЕНТЯБРДА",
		// capitals
		"SHAHAR Shahar sHAHAR":       "ШАҲАР Шаҳар шАҲАР",
		"OʻZBEKISTON Gʻafur GʻAFUR":  "ЎЗБЕКИСТОН Ғафур ҒАФУР",
		"AʼLO Aʼlo YANGI Yangi E E.": "АЪЛО Аъло ЯНГИ Янги Э Э.",
		"KONSTITUTSIYA INSPEKSIYA":   "КОНСТИТУЦИЯ ИНСПЕКЦИЯ",
		"PREMYER Premyer":            "ПРЕМЬЕР Премьер",
		"IIV IIB DXX E-tergov":       "ИИВ ИИБ ДХХ Э-тергов",
		// quotation marks are no letters
		"'togʻ' ‘radio’ «kino» 'bog'": "'тоғ' ‘радио’ «кино» 'бог'",
	} {
		if got := Cyrillic(latin); got != want {
			t.Errorf("Cyrillic(%q)\n got %q\nwant %q", latin, got, want)
		}
	}
}

func TestWhatIsNotUzbekTextIsLeftAlone(t *testing.T) {
	t.Parallel()
	for latin, want := range map[string]string{
		"XX asr, XIX-asr, IV bob, V bob, I qism": "XX аср, XIX-аср, IV боб, V боб, I қисм",
		"I. Umumiy qoidalar\nII. Maxsus":         "I. Умумий қоидалар\nII. Махсус",
		"I. Karimov, V.I. Lenin va X. Xolov":     "I. Каримов, В.И. Ленин ва Х. Холов",
		"sobiq rais I. Karimov":                  "собиқ раис И. Каримов",
		"{name} ishi {count_days} kunda":         "{name} иши {count_days} кунда",
		"{a {b} c} ochiq { qavs":                 "{a {b} c} очиқ { қавс",
		"https://lex.uz/docs/111460 sahifasi.":   "https://lex.uz/docs/111460 саҳифаси.",
		"Manba: lex.uz, prokuratura@gov.uz.":     "Манба: lex.uz, prokuratura@gov.uz.",
		"xulosa.pdf va case_id yozildi.Keyin":    "xulosa.pdf ва case_id ёзилди.Кейин",
		"www.sud.uz va/yoki Windows, Facebook":   "www.sud.uz ва/ёки Windows, Facebook",
		"café va Müller PDF":                     "café ва Müller PDF",
		"Привет ва salom, 5-modda":               "Привет ва салом, 5-модда",
		"":                                       "",
		"\xff\xc3 a\xe2":                         "\xff\xc3 а\xe2",
	} {
		if got := Cyrillic(latin); got != want {
			t.Errorf("Cyrillic(%q)\n got %q\nwant %q", latin, got, want)
		}
	}
}

func TestCyrillicBecomesLatin(t *testing.T) {
	t.Parallel()
	for cyrillic, want := range map[string]string{
		"Жиноят иши қўзғатилсин":              "Jinoyat ishi qoʻzgʻatilsin",
		"ШАҲАР Шаҳар Ёш ЁШ Ер":                "SHAHAR Shahar Yosh YOSH Yer",
		"санъат эълон Исҳоқ":                  "sanʼat eʼlon Isʼhoq",
		"объект премьер бульон":               "obyekt premyer bulyon",
		"конституция инспекция цирк лицензия": "konstitutsiya inspeksiya sirk litsenziya",
		"сентябрь октябрда ОКТЯБРЬ Октябрь":   "sentabr oktabrda OKTABR Oktabr",
		"мўъжиза шўъба":                       "moʻjiza shoʻba",
		"район тайёр поезд":                   "rayon tayyor poyezd",
		"у\u0306збек и\u0306ил е\u0308ш":      "oʻzbek yil yosh",
		"salom, 5-модда":                      "salom, 5-modda",
		"Щербаков ЦИРК":                       "Sherbakov SIRK",
	} {
		if got := Latin(cyrillic); got != want {
			t.Errorf("Latin(%q)\n got %q\nwant %q", cyrillic, got, want)
		}
	}
}

func TestOneWordInEveryScriptFoldsAlike(t *testing.T) {
	t.Parallel()
	for key, spellings := range map[string][]string{
		"jinoyat ishi qozgatilsin": {"Жиноят иши қўзғатилсин", "Jinoyat ishi qoʻzgʻatilsin", "JINOYAT ISHI QO'ZG'ATILSIN", "jinoyat ishi qozgatilsin"},
		"sentabr":                  {"sentabr", "sentyabr", "сентябрь", "СЕНТЯБРЬ"},
		"konstitusiya":             {"konstitutsiya", "конституция", "Konstituciya"},
		"inspeksiya":               {"inspeksiya", "инспекция"},
		"rahimov":                  {"Raximov", "Rahimov", "Раҳимов", "Рахимов"},
		"obekt":                    {"obyekt", "obʼekt", "объект"},
		"ozbek":                    {"oʻzbek", "o'zbek", "o‘zbek", "ўзбек", "у\u0306збек", "ózbek", "өзбек", "o\u0301zbek"},
		"jora":                     {"Joʻra", "Жўра", "Джора"},
		"ishoq":                    {"Isʼhoq", "Исҳоқ"},
		// Karakalpak: Cyrillic, Latin of 2016, Latin of 1995
		"tergev":    {"тергеў", "tergew"},
		"qaraqalpa": {"қарақалпа", "qaraqalpa"},
		"nizam":     {"нызам", "nızam"},
		"ham":       {"ҳәм", "hám", "ha'm", "ҳам"},
		"kun":       {"күн", "kún", "ku'n", "кун"},
		"men a":     {"мен\u00A0а", "men a"},
	} {
		for _, s := range spellings {
			if got := Fold(s); got != key {
				t.Errorf("Fold(%q) = %q, want %q", s, got, key)
			}
		}
	}
}

func TestDifferentWordsKeepDifferentKeys(t *testing.T) {
	t.Parallel()
	for _, p := range [][2]string{{"qil", "kil"}, {"bosh", "boʻs"}, {"ish", "is"}, {"tergov", "tergovchi"}, {"sud", "sʼyezd"}} {
		if Fold(p[0]) == Fold(p[1]) {
			t.Errorf("%s and %s have one key %q", p[0], p[1], Fold(p[0]))
		}
	}
}

func TestPluralsFollowCLDR(t *testing.T) {
	t.Parallel()
	for lang, cases := range map[string]map[int64]Plural{
		"uz":      {0: Other, 1: One, 2: Other, 3: Other, 11: Other, 21: Other, -1: One},
		"uz-Cyrl": {0: Other, 1: One, 5: Other, 101: Other},
		"kaa":     {0: Other, 1: One, 2: Other},
		"en":      {0: Other, 1: One, 2: Other, 11: Other},
		"ru": {0: Many, 1: One, 2: Few, 4: Few, 5: Many, 11: Many, 12: Many, 14: Many, 20: Many, 21: One, 22: Few, 25: Many,
			101: One, 111: Many, 112: Many, 122: Few, 1001: One, -21: One, -12: Many, math.MinInt64: Many, math.MaxInt64: Many},
		"xx": {1: Other},
		"":   {1: Other},
	} {
		for n, want := range cases {
			if got := PluralOf(lang, n); got != want {
				t.Errorf("PluralOf(%q, %d) = %v, want %v", lang, n, got, want)
			}
		}
	}
}

// uzbekLetters are the letters of the Uzbek Latin alphabet as people type them.
var uzbekLetters = strings.Fields("a b d e f g h i j k l m n o p q r s t u v x y z oʻ gʻ sh ch ng ʼ ' ‘ ’ ts ya ye yo yu siya A B E Gʻ Oʻ S SH Sh Y YO T X I V")

func uzbekWord() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(uzbekLetters), 1, 14).Draw(t, "letters"), "")
	})
}

func TestFoldDoesNotSeeWhichScriptAWordIsIn(t *testing.T) {
	t.Parallel()
	lines := exceptionLines(t)
	rapid.Check(t, func(t *rapid.T) {
		word := uzbekWord().Draw(t, "word")
		if rapid.Bool().Draw(t, "of an exception") {
			word = rapid.SampledFrom(lines).Draw(t, "stem").latin + word
		}
		if got, want := Fold(Cyrillic(word)), Fold(word); got != want {
			t.Fatalf("%q: Fold(%q) = %q, want %q", word, Cyrillic(word), got, want)
		}
	})
}

// A stop behind an oʻ keeps it from what comes then, in both scripts: found by chance.
func TestFoldStopsBehindATurnedO(t *testing.T) {
	t.Parallel()
	for latin, want := range map[string]string{"oʻʼe": "oe", "oʻʼa": "oa", "oʻa": "va", "boʻʼol": "bool"} {
		if got, cyrillic := Fold(latin), Fold(Cyrillic(latin)); got != want || cyrillic != want {
			t.Errorf("%s: %q, and %q of %s; want %q", latin, got, cyrillic, Cyrillic(latin), want)
		}
	}
}

func TestFoldOfAKeyIsThatKey(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"Жиноят иши", "qoʻzgʻatish", "конституция", "тергеў", "Oʻrta Osiyo, 5-bob"} {
		if key := Fold(s); Fold(key) != key {
			t.Errorf("Fold(%q) = %q", key, Fold(key))
		}
	}
}

func TestCyrillicTextIsNotTouchedByCyrillicNorLatinTextByLatin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		word := uzbekWord().Draw(t, "word")
		if Latin(word) != word {
			t.Fatalf("Latin(%q) = %q", word, Latin(word))
		}
		s := rapid.StringOfN(rapid.RuneFrom([]rune("абвгдеёжзийклмнопрстуфхцчшъьэюяўқғҳАБЎ ,.-")), 0, 30, -1).Draw(t, "text")
		if Cyrillic(s) != s {
			t.Fatalf("Cyrillic(%q) = %q", s, Cyrillic(s))
		}
	})
}

func FuzzAnyStringHasAnAnswer(f *testing.F) {
	for _, s := range []string{"Jinoyat ishi", "{", "}{", "oʻ'", "и\u0306", "\xff\xd1", "XIV. https://", "тс ц", "E'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, l, k := Cyrillic(s), Latin(s), Fold(s)
		if len(c) > 4*len(s) || len(l) > 8*len(s) || len(k) > 8*len(s) {
			t.Fatalf("%q grew to %q, %q, %q", s, c, l, k)
		}
		if strings.ContainsAny(k, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			t.Fatalf("Fold(%q) = %q has capitals", s, k)
		}
	})
}

const sample = "Surishtiruvchi jinoyat toʻgʻrisidagi ariza boʻyicha tekshiruv muddatini uzaytirish haqidagi iltimosnomani prokurorga 2026-yil 12-oktabrda yubordi. "

func BenchmarkFoldLatin(b *testing.B)    { benchmark(b, Fold, strings.Repeat(sample, 40)) }
func BenchmarkFoldCyrillic(b *testing.B) { benchmark(b, Fold, Cyrillic(strings.Repeat(sample, 40))) }
func BenchmarkCyrillic(b *testing.B)     { benchmark(b, Cyrillic, strings.Repeat(sample, 40)) }
func BenchmarkLatin(b *testing.B)        { benchmark(b, Latin, Cyrillic(strings.Repeat(sample, 40))) }

func benchmark(b *testing.B, f func(string) string, text string) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f(text)
	}
}
