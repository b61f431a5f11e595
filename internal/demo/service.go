package demo

import (
	"fmt"
	"math/rand/v2"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
)

// Roles that the law does not know: they carry a mandate to see, not to act.
const head = "head" // of a body of internal affairs

// Ids of the offices at the top.
const (
	generalOffice = "gp"
	ministry      = "mia"
	supremeCourt  = "court"
	barChamber    = "bar"
)

// Account is a demonstration officer whom the sign-in page offers.
type Account struct {
	Officer string // id
	Mandate string // id
	Name    string
	Role    string
	Office  string            // id
	Shows   map[string]string // by language (uz, ru, en): one line of what he can show
}

// mandateLength is how long before Now the mandates of the synthetic officers begin: before any act.
const mandateLength = 3 * 365 * day

// builder puts a service together.
type builder struct {
	service directory.Service
	r       *rand.Rand
	from    calendar.Moment
	names   map[string]bool
	women   int // share of women among the officers now made, in a hundred
}

// Service makes the synthetic service: offices, competences, officers. The same
// seed gives the same service. Nobody has a password: an officer is chosen, not
// signed in. The accounts are a dozen officers of one district and of the
// offices above it.
func Service(o Options) (*directory.Service, []Account) {
	b := &builder{r: random(o.Seed, serviceStream), from: o.Now - mandateLength, names: map[string]bool{}, women: 30}
	b.top()
	list := regions()
	for i := range list {
		b.region(&list[i])
	}
	return &b.service, b.accounts()
}

func (b *builder) office(id, code, kind, parent, soato, uz, ru, en string) {
	b.service.Offices = append(b.service.Offices, directory.Office{ID: id, Code: code, Kind: kind, Parent: parent, Place: soato,
		Names: map[string]string{"uz": uz, "ru": ru, "en": en}})
}

// competent lays down which offices have a part in the proceedings of an office.
func (b *builder) competent(office string, by map[string]string) {
	for _, role := range []string{directory.SupervisorRole, "prosecutor", "regional_prosecutor", "prosecutor_general", "judge", "bar_chamber"} {
		if c := by[role]; c != "" {
			b.service.Competences = append(b.service.Competences, directory.Competence{Office: office, Role: role, Competent: c})
		}
	}
}

// officers gives an office so many officers of a role.
func (b *builder) officers(office, soato, role string, n int, of peoples) {
	for i := 1; i <= n; i++ {
		name := of.name(b.r, b.women)
		for b.names[name] {
			name = of.name(b.r, b.women)
		}
		b.names[name] = true
		id := fmt.Sprintf("%s-%s-%d", soato, role, i)
		b.service.Officers = append(b.service.Officers, directory.NewOfficer{
			Officer: directory.Officer{ID: id, Name: name, Login: fmt.Sprintf("demo.%s.%s.%d", soato, role, i)},
			Mandates: []directory.Mandate{{ID: id + "-m", Officer: id, Role: role, Office: office, From: b.from,
				Order: fmt.Sprintf("DEMO-%d", len(b.service.Officers)+1)}},
		})
	}
}

func (b *builder) top() {
	b.office(generalOffice, "P17", directory.Prosecutor, "", "17", "Oʻzbekiston Respublikasi Bosh prokuraturasi", "Генеральная прокуратура Республики Узбекистан",
		"Prosecutor General's Office of the Republic of Uzbekistan")
	b.office(ministry, "17", directory.Interior, "", "17", "Oʻzbekiston Respublikasi Ichki ishlar vazirligi", "Министерство внутренних дел Республики Узбекистан",
		"Ministry of Internal Affairs of the Republic of Uzbekistan")
	b.office(supremeCourt, "S17", directory.Court, "", "17", "Oʻzbekiston Respublikasi Oliy sudi", "Верховный суд Республики Узбекистан",
		"Supreme Court of the Republic of Uzbekistan")
	b.office(barChamber, "A17", directory.Bar, "", "17", "Oʻzbekiston Respublikasi Advokatlar palatasi", "Палата адвокатов Республики Узбекистан",
		"Chamber of Advocates of the Republic of Uzbekistan")
	b.competent(ministry, map[string]string{directory.SupervisorRole: generalOffice, "prosecutor": generalOffice, "regional_prosecutor": generalOffice,
		"prosecutor_general": generalOffice, "judge": "court-1726", "bar_chamber": "bar-1726"})
	b.officers(generalOffice, "17", "prosecutor_general", 2, capital)
	b.officers(generalOffice, "17", "prosecutor", 2, capital)
	b.officers(ministry, "17", head, 1, capital)
}

func (b *builder) region(r *region) {
	s := r.soato
	pr, ia, court, bar := "pr-"+s, "ia-"+s, "court-"+s, "bar-"+s
	en := r.en
	b.office(pr, "P"+s, directory.Prosecutor, generalOffice, s, r.bound()+" prokuraturasi", "Прокуратура "+r.genitive(), "Prosecutor's Office of "+english(en))
	iaUz, iaRu, iaEn := r.bound()+" ichki ishlar boshqarmasi", "Управление внутренних дел "+r.genitive(), en+" Directorate of Internal Affairs"
	courtUz, courtRu, courtEn := r.bound()+" sudi", replaceEnd(r.ru, "ская область", "ский областной суд"), en+" Court"
	switch s {
	case "1726":
		iaUz, iaRu = r.bound()+" ichki ishlar bosh boshqarmasi", "Главное управление внутренних дел "+r.genitive()
		courtRu = "Ташкентский городской суд"
	case "1735":
		iaUz, iaRu, iaEn = r.uz+" Ichki ishlar vazirligi", "Министерство внутренних дел "+r.genitive(), "Ministry of Internal Affairs of "+english(en)
		courtRu, courtEn = "Суд "+r.genitive(), "Court of "+english(en)
	}
	b.office(ia, s, directory.Interior, ministry, s, iaUz, iaRu, iaEn)
	b.office(court, "S"+s, directory.Court, supremeCourt, s, courtUz, courtRu, courtEn)
	b.office(bar, "A"+s, directory.Bar, barChamber, s, "Advokatlar palatasining "+r.uz+" hududiy boshqarmasi",
		"Территориальное управление Палаты адвокатов по "+r.dative(), "Chamber of Advocates, "+en)
	above := map[string]string{directory.SupervisorRole: pr, "prosecutor": pr, "regional_prosecutor": pr, "prosecutor_general": generalOffice, "judge": court, "bar_chamber": bar}
	b.competent(ia, above)
	// What a prosecutor's office has in hand itself is supervised from above.
	b.competent(pr, map[string]string{directory.SupervisorRole: generalOffice, "prosecutor_general": generalOffice, "judge": court, "bar_chamber": bar})
	b.officers(pr, s, "regional_prosecutor", 2, r.peoples)
	b.officers(pr, s, "prosecutor", 2, r.peoples)
	b.officers(ia, s, "duty_officer", 1, r.peoples)
	b.officers(ia, s, "investigator", 3, r.peoples)
	b.officers(ia, s, head, 1, r.peoples)
	b.officers(court, s, "judge", 1, r.peoples)
	b.officers(bar, s, "bar_chamber", 2, r.peoples)
	for i := range r.districts {
		b.district(r, &r.districts[i])
	}
}

func (b *builder) district(r *region, d *place) {
	s, up := d.soato, r.soato
	code := up + "-" + s[4:]
	pr, ia, court := "pr-"+s, "ia-"+s, "court-"+s
	b.office(pr, "P"+code, directory.Prosecutor, "pr-"+up, s, d.bound()+" prokuraturasi", "Прокуратура "+d.genitive(), "Prosecutor's Office of "+english(d.en))
	b.office(ia, code, directory.Interior, "ia-"+up, s, d.bound()+" ichki ishlar boʻlimi", "Отдел внутренних дел "+d.genitive(), d.en+" Department of Internal Affairs")
	b.office(court, "S"+code, directory.Court, "court-"+up, s, "Jinoyat ishlari boʻyicha "+d.bound()+" sudi", "Суд по уголовным делам "+d.genitive(), d.en+" Criminal Court")
	b.competent(ia, map[string]string{directory.SupervisorRole: pr, "prosecutor": pr, "regional_prosecutor": "pr-" + up, "prosecutor_general": generalOffice,
		"judge": court, "bar_chamber": "bar-" + up})
	b.competent(pr, map[string]string{directory.SupervisorRole: "pr-" + up, "regional_prosecutor": "pr-" + up, "prosecutor_general": generalOffice,
		"judge": court, "bar_chamber": "bar-" + up})
	staff := 1
	if s == shown {
		staff = 2 // the district that is shown has more to do; see shareShown
	}
	b.officers(ia, s, "duty_officer", 2, r.peoples)
	b.officers(ia, s, "inquirer", 2*staff, r.peoples)
	b.officers(ia, s, "investigator", 3*staff, r.peoples)
	b.officers(ia, s, head, 1, r.peoples)
	b.officers(pr, s, "prosecutor", 2*staff, r.peoples)
	b.officers(court, s, "judge", 1, r.peoples)
}

// english is a name as it stands behind "of".
func english(name string) string {
	switch name {
	case "Republic of Karakalpakstan":
		return "the " + name
	}
	return name
}

func replaceEnd(s, end, with string) string {
	if n := len(s) - len(end); n >= 0 && s[n:] == end {
		return s[:n] + with
	}
	return s
}

// accounts marks the officers whom the sign-in page offers, in the order in which a case meets them.
func (b *builder) accounts() []Account {
	var out []Account
	for _, a := range []struct{ id, uz, ru, en string }{
		{shown + "-duty_officer-1", "Jinoyat haqidagi xabarni roʻyxatga oladi va ijrochiga topshiradi",
			"Регистрирует сообщение о преступлении и поручает проверку", "Registers the report of a crime and assigns it"},
		{shown + "-inquirer-1", "Tekshiruv va surishtiruv muddatlari: nimani, qachongacha bajarishi kerak",
			"Сроки проверки и дознания: что и к какому часу он должен сделать", "Deadlines of checks and inquiries: what he owes and by when"},
		{shown + "-inquirer-2", "Kechikkan qarorlar va uzaytirishga urinishning rad etilishi",
			"Просроченные решения и отказ в попытке продлить срок самому", "Overdue decisions, and a refusal when he tries to extend a term himself"},
		{shown + "-investigator-1", "Ushlab turilgan shaxs: soatlab hisoblanadigan muddatlar",
			"Задержанный: сроки, которые считаются часами", "A detained person: deadlines counted in hours"},
		{shown + "-investigator-2", "Qamoq va tergov muddatlarining tugashi yaqin ishlar",
			"Дела, где истекают сроки стражи и следствия", "Cases whose custody and investigation are about to run out"},
		{shown + "-prosecutor-1", "Muddatni uzaytiradi, iltimosnoma kiritadi, ishni sudga yuboradi yoki qaytaradi",
			"Продлевает сроки, вносит ходатайства, направляет дело в суд или возвращает", "Extends terms, files motions, refers a case to court or returns it"},
		{shown + "-prosecutor-2", "Tuman boʻyicha nazorat: barcha kechikkan va yaqin muddatlar",
			"Надзор по району: все просроченные и близкие сроки", "Supervision of the district: all that is overdue or due soon"},
		{shown + "-judge-1", "Sakkiz soat ichida qamoq toʻgʻrisidagi iltimosnomani hal qiladi",
			"Решает ходатайство о страже за восемь часов", "Decides a motion for custody within eight hours"},
		{"1726-bar_chamber-1", "Tayinlangan himoyachi toʻrt soatda yetib kelishi kerak",
			"Защитник по назначению должен прибыть за четыре часа", "Appointed counsel must come within four hours"},
		{shown + "-head-1", "Oʻz boʻlimi taxtasini koʻradi: yuklama va kechikishlar",
			"Видит табло своего отдела: нагрузку и просрочки", "Sees the board of his department: load and delays"},
		{"1726-regional_prosecutor-1", "Tergov muddatini besh oygacha uzaytiradi, shahar taxtasini koʻradi",
			"Продлевает следствие до пяти месяцев, видит табло города", "Extends an investigation to five months, sees the city's board"},
		{"17-prosecutor_general-1", "Butun respublika taxtasi: har bir hudud bitta qatorda",
			"Табло всей республики: по строке на регион", "The board of the whole country, one line a region"},
	} {
		for i := range b.service.Officers {
			if n := &b.service.Officers[i]; n.ID == a.id {
				m := &n.Mandates[0]
				out = append(out, Account{Officer: n.ID, Mandate: m.ID, Name: n.Name, Role: m.Role, Office: m.Office,
					Shows: map[string]string{"uz": a.uz, "ru": a.ru, "en": a.en}})
			}
		}
	}
	return out
}
