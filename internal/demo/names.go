package demo

import (
	"math/rand/v2"
	"strings"
)

// Names are put together from lists of common given names and surnames; that
// somebody somewhere bears one is chance. They are written as passports of the
// country write them, in Uzbek Latin.

// people is a stock of names of one usage.
type people struct {
	men, women []string
	surnames   []string // as a man bears them
	patronym   func(father string, woman bool) string
}

// peoples says in which shares, of a hundred, the names of a region are of which usage.
type peoples struct{ uzbek, karakalpak, russian, tajik, korean int }

var (
	valley         = peoples{uzbek: 92, russian: 2, tajik: 5, korean: 1}
	oldCities      = peoples{uzbek: 70, russian: 4, tajik: 25, korean: 1}
	steppe         = peoples{uzbek: 85, karakalpak: 3, russian: 7, tajik: 4, korean: 1}
	capital        = peoples{uzbek: 80, karakalpak: 1, russian: 13, tajik: 2, korean: 4}
	karakalpakstan = peoples{uzbek: 34, karakalpak: 60, russian: 3, tajik: 0, korean: 3}
)

func list(s string) []string { return strings.Fields(s) }

var (
	uzbek = people{
		men: list(`Abdulla Abror Akmal Alisher Anvar Asror Aziz Azizbek Bahodir Baxtiyor Bekzod Bobur Botir Davron Dilmurod Dilshod Doniyor
			Elyor Eldor Farhod Farrux Fayzulla Gʻayrat Gʻolib Hamid Hasan Husan Ibrohim Ilhom Islom Ismoil Jahongir Jamshid Jasur Javlon Kamol
			Karim Komil Laziz Mansur Maqsud Murod Muzaffar Nodir Nurali Odil Olim Otabek Oybek Ravshan Rustam Sanjar Sardor Sarvar Shavkat
			Sherzod Shuhrat Sobir Sodiq Temur Toʻlqin Tohir Ulugʻbek Umid Usmon Utkir Xurshid Yusuf Zafar Ziyod Zokir Oʻktam`),
		women: list(`Barno Charos Dildora Dilfuza Dilnoza Dilorom Durdona Feruza Fotima Gavhar Gulbahor Gulchehra Gulnora Gulnoza Hilola Hulkar
			Iroda Kamola Komila Lobar Lola Madina Mahliyo Malika Malohat Mavluda Mohira Moʻtabar Muhabbat Munira Muqaddas Nafisa Nargiza Nigora
			Nilufar Nodira Nozima Oydin Ozoda Robiya Saida Sevara Shahlo Shahnoza Shoira Surayyo Umida Xosiyat Yulduz Zarina Zebo Zilola Zuhra Zulfiya`),
		surnames: list(`Abdullayev Abdurahmonov Ahmedov Aliyev Aminov Azimov Boboyev Boltayev Choriyev Davlatov Ergashev Eshonqulov Fayziyev
			Gʻaniyev Gʻofurov Hakimov Hamidov Hasanov Hoshimov Ibragimov Isayev Ismoilov Jalilov Joʻrayev Karimov Kenjayev Komilov Latipov
			Mahmudov Mamatqulov Mirzayev Moʻminov Murodov Mustafoyev Nazarov Nematov Normatov Nosirov Nurmatov Ochilov Olimov Ortiqov Pardayev
			Poʻlatov Qahhorov Qodirov Qosimov Qurbonov Rahimov Rahmonov Rajabov Rashidov Rizayev Roʻziyev Safarov Saidov Salimov Samadov Sattorov
			Shodiyev Sobirov Sodiqov Sultonov Tojiyev Toshmatov Toʻrayev Tursunov Umarov Usmonov Valiyev Xalilov Xudoyberdiyev Yoqubov Yoʻldoshev
			Yusupov Zokirov Oʻrinov`),
		patronym: func(father string, woman bool) string {
			if woman {
				return father + " qizi"
			}
			return father + " oʻgʻli"
		},
	}
	karakalpak = people{
		men: list(`Allambergen Amangeldi Arislan Aybek Azat Bayram Berdax Daryabay Dauletbay Genjebay Jalgas Jenisbay Kuanish Maxset Murat Nurlan
			Paraxat Polat Quwat Rustem Saparbay Sarsenbay Timur Tolepbergen Ubbiniyaz Ziuar`),
		women: list(`Aygul Aysultan Aysanem Biybinaz Dariyga Gulayim Gulistan Gulnaz Injigul Jamila Kunsuliu Miyrigul Nurgul Perdexan Qizlargul
			Raushan Sarbinaz Tamara Ulbosin Venera Zamira Ziyada`),
		surnames: list(`Allambergenov Allaniyazov Aytmuratov Bekmuratov Dauletmuratov Erniyazov Esemuratov Jalgasov Jumamuratov Kaipbergenov
			Kurbaniyazov Mambetov Matmuratov Nietullaev Nurabullaev Orazbaev Palmanov Reymov Sarsenbaev Seytmuratov Tajetdinov Tolepov Turganbaev
			Uteniyazov Utegenov Xojamuratov`),
		patronym: russianPatronymic,
	}
	russian = people{
		men:   list(`Aleksandr Aleksey Andrey Anton Artyom Denis Dmitriy Igor Ivan Konstantin Maksim Mixail Nikolay Oleg Pavel Roman Sergey Viktor Vladimir Yuriy`),
		women: list(`Alla Anastasiya Anna Galina Irina Kristina Larisa Lyudmila Mariya Marina Nadejda Natalya Oksana Olga Svetlana Tatyana Valentina Vera Yelena Yuliya`),
		surnames: list(`Alekseyev Andreyev Antonov Belov Bogdanov Fedorov Golubev Grigoryev Ivanov Kiselev Kovalev Kuznetsov Lebedev Makarov Morozov
			Nikitin Novikov Orlov Pavlov Petrov Popov Romanov Semenov Smirnov Sokolov Stepanov Vasilyev Volkov Vorobyev Zaytsev`),
		patronym: russianPatronymic,
	}
	tajik = people{
		men:   list(`Ahliddin Bahrom Behruz Daler Faridun Firdavs Firuz Iskandar Jamoliddin Kamoliddin Komron Mahmadali Mirzo Najmiddin Parviz Rustam Shahriyor Sirojiddin Suhrob Zafar`),
		women: list(`Bibixonim Dilafruz Farzona Firuza Gulrux Mahina Manija Mavjuda Mehriniso Munavvara Nigina Parvina Sadbarg Shahnoz Tahmina Zarrina Zebiniso`),
		surnames: list(`Amonov Asadov Azizov Boqiyev Fattoyev Gʻulomov Halimov Hikmatov Imomov Istamov Jumayev Muhiddinov Naimov Orifov Qobilov Razzoqov
			Rustamov Safoyev Salohiddinov Sharipov Shukurov Temirov Toirov Zaripov`),
		patronym: russianPatronymic,
	}
	korean = people{
		men:      list(`Aleksandr Artur Denis Eduard Gennadiy Igor Sergey Stanislav Valeriy Vyacheslav`),
		women:    list(`Alina Diana Inna Lyudmila Margarita Natalya Svetlana Vera Viktoriya Yelena`),
		surnames: list(`Kim Li Pak Tsoy Xan Shin Yugay Ten Nam Kan Xegay Tyan`),
		patronym: russianPatronymic,
	}
)

func russianPatronymic(father string, woman bool) string {
	stem, m, w := father, "ovich", "ovna"
	switch father {
	case "Igor":
		return map[bool]string{false: "Igorevich", true: "Igorevna"}[woman]
	case "Pavel":
		stem = "Pavl"
	}
	switch last := father[len(father)-1]; last {
	case 'y':
		stem, m, w = father[:len(father)-1], "yevich", "yevna"
	case 'i', 'u', 'o', 'a', 'e':
		m, w = "yevich", "yevna"
	}
	if woman {
		return stem + w
	}
	return stem + m
}

// of draws one of the usages by its share.
func (p peoples) of(r *rand.Rand) *people {
	n := r.IntN(100)
	for _, x := range []struct {
		share int
		of    *people
	}{{p.karakalpak, &karakalpak}, {p.russian, &russian}, {p.tajik, &tajik}, {p.korean, &korean}} {
		if n < x.share {
			return x.of
		}
		n -= x.share
	}
	return &uzbek
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// name makes a full name: surname, given name, patronymic. Share of women in a hundred.
func (p peoples) name(r *rand.Rand, women int) string {
	of := p.of(r)
	woman := r.IntN(100) < women
	surname, father := pick(r, of.surnames), pick(r, of.men)
	if !woman {
		return surname + " " + pick(r, of.men) + " " + of.patronym(father, false)
	}
	if strings.HasSuffix(surname, "ov") || strings.HasSuffix(surname, "ev") || strings.HasSuffix(surname, "in") {
		surname += "a"
	}
	return surname + " " + pick(r, of.women) + " " + of.patronym(father, true)
}
