package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// gravity says which way a crime usually goes.
type gravity uint8

const (
	noCrime gravity = iota // a report that comes to nothing
	minor                  // an inquiry
	grave                  // an investigation
	violent                // an investigation, and somebody is often detained
)

// crime is what reports of one sort say. {street}, {item}, {sum} and {car} stand for what differs.
type crime struct {
	article string // of the Criminal Code; "" where the reporter named none
	gravity gravity
	weight  int // how often, against the others of its gravity
	text    string
}

// crimes were written for this package; the weights follow the public figures
// of recent years only roughly: theft and fraud are most of it.
func crimes() []crime {
	return []crime{
		{"CC 169", minor, 9, "Jabrlanuvchining {street}dagi hovlisidan {item} oʻgʻirlab ketilgan."},
		{"CC 169", grave, 5, "{street}dagi doʻkondan tunda eshik qulfi buzilib, {sum}lik mol-mulk oʻgʻirlangan."},
		{"CC 169", minor, 7, "Dehqon bozorida fuqaroning sumkasidan {item} va {sum} oʻgʻirlangan."},
		{"CC 169", minor, 6, "{street} oldida qoldirilgan {car} avtomashinasidan akkumulyator va magnitola oʻgʻirlangan."},
		{"CC 169", minor, 5, "Avtobusda yoʻlovchining choʻntagidan {item} oʻgʻirlangan."},
		{"CC 169", grave, 4, "Qurilish maydonidan {sum}lik armatura va kabel oʻgʻirlangan."},
		{"CC 169", grave, 6, "Xonadonga deraza orqali kirilib, tilla taqinchoqlar va {sum} oʻgʻirlangan."},
		{"CC 169", grave, 3, "Molxonadan bir bosh qoramol va ikki bosh qoʻy oʻgʻirlangan."},
		{"CC 169", grave, 7, "Fuqaroning bank kartasidan uning xabarisiz {sum} yechib olingan."},
		{"CC 169", minor, 3, "Toʻyxona kiyimxonasidan {item} oʻgʻirlangan."},
		{"CC 168", grave, 7, "Xorijga ishga joʻnatishni vaʼda qilib {sum} olgan, vaʼdasini bajarmagan."},
		{"CC 168", minor, 9, "Internet orqali {item} sotish bahonasida {sum} oʻtkazdirib olgan."},
		{"CC 168", grave, 4, "Uy-joy sotish vaʼdasi bilan oldindan {sum} olib, aloqaga chiqmay qoʻygan."},
		{"CC 168", grave, 8, "Bank xodimi nomidan qoʻngʻiroq qilib, karta maʼlumotlarini bilib olgan va {sum}ni yechib olgan."},
		{"CC 168", grave, 3, "Oliy oʻquv yurtiga kiritib qoʻyishni vaʼda qilib, fuqarodan {sum} olgan."},
		{"CC 168", minor, 4, "Avtomashinani arzon narxda olib berish bahonasida {sum}ni qoʻlga kiritgan."},
		{"CC 168", minor, 5, "Qarzga olgan {sum}ni qaytarmay, yolgʻon manzil koʻrsatgan."},
		{"CC 168", grave, 4, "Soxta savdo platformasiga pul tikishga undab, {sum}ni oʻzlashtirgan."},
		{"CC 167", grave, 4, "Korxonaning moddiy javobgar xodimi ombordagi {sum}lik tovarni oʻzlashtirgan."},
		{"CC 167", grave, 2, "Maktab buxgalteri soxta hujjatlar asosida {sum} ish haqi mablagʻini oʻzlashtirgan."},
		{"CC 166", violent, 6, "{street} yaqinida ayolning qoʻlidan {item}ni tortib olib qochgan."},
		{"CC 166", violent, 4, "Bekatda turgan oʻsmirdan {item}ni ochiqdan-ochiq tortib olgan."},
		{"CC 164", violent, 3, "Taksi haydovchisiga pichoq bilan tahdid qilib, {sum} va {item}ni olib qoʻygan."},
		{"CC 164", violent, 2, "Xonadonga bostirib kirib, xonadon egasini kaltaklab, {sum}ni olib ketgan."},
		{"CC 164", violent, 3, "Tunda {street} oldida yoʻlovchiga hujum qilib, {item}ni tortib olgan."},
		{"CC 165", grave, 2, "Shaxsiy suratlarini tarqatish bilan qoʻrqitib, {sum} talab qilgan."},
		{"CC 165", violent, 2, "Tadbirkordan har oyda {sum} toʻlashni talab qilib, oilasiga tahdid qilgan."},
		{"CC 173", minor, 4, "Janjal vaqtida qoʻshnisining {car} avtomashinasi oynalarini sindirib, {sum}lik zarar yetkazgan."},
		{"CC 173", grave, 1, "Begona hovlidagi pichan gʻaramiga qasddan oʻt qoʻygan."},
		{"CC 277", minor, 6, "{street}dagi kafeda mast holda stol-stullarni sindirib, jamoat tartibini buzgan."},
		{"CC 277", minor, 5, "Koʻchada sababsiz fuqaroni haqorat qilib, yuziga musht tushirgan."},
		{"CC 277", violent, 3, "Bolalar maydonchasida pichoq koʻtarib, atrofdagilarga tahdid qilgan."},
		{"CC 277", minor, 3, "Futbol oʻyinidan keyin bir guruh shaxslar {street} oldida mushtlashgan."},
		{"CC 109", minor, 7, "Oilaviy janjalda turmush oʻrtogʻiga yengil tan jarohati yetkazgan."},
		{"CC 105", grave, 4, "Yer masalasidagi janjalda qoʻshnisini belkurak bilan urib, oʻrtacha ogʻir shikast yetkazgan."},
		{"CC 104", violent, 4, "Ichkilikbozlik vaqtida tanishiga pichoq urib, ogʻir tan jarohati yetkazgan."},
		{"CC 110", grave, 2, "Kelinini muntazam ravishda kaltaklab, azob bergan."},
		{"CC 112", minor, 4, "Telefon orqali oʻldirish bilan tahdid qilgan."},
		{"CC 97", violent, 1, "{street}dagi xonadonda zoʻrlik izlari bilan erkak kishining jasadi topilgan."},
		{"CC 97", violent, 1, "Oilaviy nizo oqibatida ukasini pichoqlab oʻldirgan."},
		{"CC 122", minor, 5, "Voyaga yetmagan ikki farzandi uchun sud belgilagan alimentni bir yildan ortiq toʻlamagan."},
		{"CC 122", minor, 4, "Alimentdan qarzi {sum}ga yetgan boʻlishiga qaramay, toʻlashdan boʻyin tovlagan."},
		{"CC 139", minor, 2, "Ijtimoiy tarmoqda fuqaro haqida yolgʻon va sharmanda qiluvchi maʼlumot tarqatgan."},
		{"CC 140", minor, 2, "Mahalla yigʻinida faolni omma oldida haqorat qilgan."},
		{"CC 266", grave, 7, "{car} haydovchisi piyodalar oʻtish joyida piyodani urib yuborgan, piyoda oʻrtacha ogʻir shikast olgan."},
		{"CC 266", grave, 5, "Chorrahada {car} va mototsikl toʻqnashib, mototsikl haydovchisi ogʻir jarohat olgan."},
		{"CC 266", violent, 2, "Katta tezlikdagi {car} qarama-qarshi yoʻlga chiqib ketgan, bir kishi vafot etgan."},
		{"CC 266", grave, 3, "Orqaga harakatlanayotgan yuk mashinasi velosipedchini bosib ketgan."},
		{"CC 267", grave, 4, "{street} oldidan {car} avtomashinasi olib qochilgan."},
		{"CC 273", violent, 4, "Xonadonidan sotish uchun tayyorlangan {grams} gramm marixuana topilgan."},
		{"CC 273", violent, 5, "Yashirin joy orqali sintetik giyohvandlik vositasini sotayotganda ushlangan."},
		{"CC 276", minor, 5, "Shaxsiy tekshiruvda choʻntagidan sotish maqsadisiz saqlangan 3 gramm gashish topilgan."},
		{"CC 276", minor, 3, "{car} avtomashinasining yukxonasidan 9 gramm marixuana topilgan."},
		{"CC 270", minor, 2, "Tomorqasida {grams} tup kannabis oʻsimligi yetishtirgan."},
		{"CC 248", grave, 2, "Uyida ruxsatsiz ov miltigʻi va 12 dona patron saqlagan."},
		{"CC 250", minor, 2, "Sotish uchun 480 dona taqiqlangan pirotexnika buyumini saqlagan."},
		{"CC 228", minor, 4, "Haydovchilik guvohnomasini qalbakilashtirib, undan foydalangan."},
		{"CC 228", minor, 3, "Soxta tibbiy maʼlumotnoma tayyorlab sotgan."},
		{"CC 210", violent, 2, "Mansabdor shaxs qurilishga ruxsat berish uchun {sum} pora olayotganda ushlangan."},
		{"CC 210", grave, 2, "Imtihondan ijobiy baho qoʻyish evaziga {sum} pora talab qilgan."},
		{"CC 211", grave, 2, "Bayonnoma tuzmaslik uchun yoʻl-patrul xizmati xodimiga {sum} pora taklif qilgan."},
		{"CC 205", grave, 2, "Bosh shifokor asbob-uskunalar xaridida vakolatini suiisteʼmol qilib, {sum} zarar yetkazgan."},
		{"CC 209", grave, 1, "Hokimlik mutaxassisi yer ajratish hujjatlariga yolgʻon maʼlumot kiritgan."},
		{"CC 184", grave, 3, "Tadbirkorlik subyekti tushumni yashirib, {sum} soliq toʻlashdan boʻyin tovlagan."},
		{"CC 190", minor, 3, "Litsenziyasiz dori vositalari savdosi bilan shugʻullangan."},
		{"CC 202", minor, 2, "Suv omboridan taqiqlangan toʻr bilan baliq tutib, tabiatga {sum}lik zarar yetkazgan."},
		{"CC 198", minor, 2, "Ruxsatsiz 14 tup chinor daraxtini kesib yuborgan."},
		{"CC 278", minor, 2, "{street}dagi xonadonida qimor oʻyinlarini tashkil qilgan."},
		{"CC 278-2", grave, 2, "Tashkilotning axborot tizimiga ruxsatsiz kirib, maʼlumotlarni oʻchirib yuborgan."},
		{"CC 135", violent, 1, "Xorijda yaxshi maoshli ish vaʼda qilib, ayollarni olib chiqib ketishga uringan."},
		{"CC 116", grave, 1, "Tugʻruq boʻlimida lozim darajada yordam koʻrsatilmagani oqibatida bemorning ahvoli ogʻirlashgan."},
		{"CC 257", grave, 2, "Qurilishda xavfsizlik qoidalari buzilib, ishchi balandlikdan yiqilib vafot etgan."},
		{"CC 259", minor, 2, "Omborda yongʻin xavfsizligi qoidalari buzilishi oqibatida yongʻin chiqib, {sum}lik zarar yetgan."},
		{"CC 246", grave, 1, "Bojxona postida yuk ichiga yashirilgan {sum}lik dori vositalari aniqlangan."},
		{"", noCrime, 5, "Fuqaro {item}ni yoʻqotib qoʻygan, oʻgʻirlangan deb gumon qilmoqda."},
		{"", noCrime, 4, "Qariya uyida vafot etgan holda topilgan, zoʻrlik izlari koʻrinmaydi."},
		{"", noCrime, 4, "{street} yonida qoʻshnilar oʻrtasida suv navbati yuzasidan janjal chiqqan."},
		{"", noCrime, 6, "Fuqaro tanishiga qarzga bergan {sum}ni qaytarib ololmayotganini bildirgan."},
		{"", noCrime, 3, "Uydan chiqib ketgan oʻsmir haqida xabar; oʻsmir qarindoshinikida topilgan."},
		{"", noCrime, 4, "Ish beruvchi ikki oylik maoshni toʻlamagani haqida ariza."},
		{"", noCrime, 3, "Ijtimoiy tarmoqdagi tortishuvda haqorat qilingani haqida ariza."},
		{"", noCrime, 3, "{street}dagi hovlidan begona kishi koʻringani haqida xabar, hech narsa yoʻqolmagan."},
	}
}

// drawCrime picks a crime of a gravity by weight.
func drawCrime(r *rand.Rand, all []crime, of gravity) *crime {
	total := 0
	for i := range all {
		if all[i].gravity == of {
			total += all[i].weight
		}
	}
	n := r.IntN(total)
	for i := range all {
		if all[i].gravity != of {
			continue
		}
		if n -= all[i].weight; n < 0 {
			return &all[i]
		}
	}
	return &all[0] // not reached: the weights add up to the total
}

var (
	streets = []string{"Alisher Navoiy", "Amir Temur", "Mustaqillik", "Bogʻishamol", "Bunyodkor", "Oʻzbekiston", "Istiqlol", "Nurafshon", "Guliston",
		"Yangi hayot", "Doʻstlik", "Tinchlik", "Paxtakor", "Beruniy", "Mirzo Ulugʻbek", "Turon", "Zarafshon", "Chinobod", "Bogʻbon", "Ipak yoʻli", "Navbahor", "Gulobod"}
	items = []string{"qoʻl telefoni", "noutbuk", "velosiped", "tilla zirak", "tilla uzuk", "elektr asboblar toʻplami", "gaz balloni", "televizor",
		"planshet", "hamyon", "kir yuvish mashinasi", "suv nasosi", "elektrosamokat", "qoʻl soati"}
	cars = []string{"Cobalt", "Nexia", "Damas", "Spark", "Gentra", "Matiz", "Lacetti", "Onix", "Tracker"}
)

// summary words a crime as a report would.
func (c *crime) summary(r *rand.Rand) string {
	return strings.NewReplacer(
		"{street}", fmt.Sprintf("%s koʻchasi %d-uy", pick(r, streets), 1+r.IntN(140)),
		"{item}", pick(r, items),
		"{car}", pick(r, cars),
		"{sum}", sum(r),
		"{grams}", strconv.Itoa(12+r.IntN(80)),
	).Replace(c.text)
}

// sum is an amount as people write it: "4 200 000 soʻm".
func sum(r *rand.Rand) string {
	n := (3 + r.IntN(57)) * 100_000
	if r.IntN(4) == 0 {
		n *= 10
	}
	if n < 1_000_000 {
		return fmt.Sprintf("%d 000 soʻm", n/1000)
	}
	return fmt.Sprintf("%d %03d 000 soʻm", n/1_000_000, n/1000%1000)
}

// victim reports whether a crime of this sort is done to somebody, rather than to public order or the state.
func (c *crime) victim() bool {
	return !slices.Contains(list(`273 276 270 248 250 228 210 211 205 209 184 190 202 198 278 278-2 246 259`), strings.TrimPrefix(c.article, "CC "))
}

// unseen reports whether one often does not know who did it.
func (c *crime) unseen() bool {
	return slices.Contains(list(`169 168 166 164 165 267 97 173`), strings.TrimPrefix(c.article, "CC "))
}
