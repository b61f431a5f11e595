package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"nazorat/internal/calendar"
	"nazorat/internal/directory"
	"nazorat/internal/lawtext"
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
const mandateLength = 5 * 365 * day

// Sorts of offices, as habits/service.yaml names them behind "district", "region" or "country".
const (
	prosecutors = "prosecutors"
	interior    = "interior"
	courts      = "court"
	bars        = "bar"
	prisons     = "prison"
	experts     = "experts"
)

// Ids of the offices at the top.
const (
	generalOffice = "gp"
	ministry      = "mia"
	supremeCourt  = "court"
	barChamber    = "bar"
)

func interiorOf(soato string) string { return "ia-" + soato }
func courtOf(soato string) string    { return "court-" + soato }

// officeOf is the id of an office of a sort: "district court" of a district of a region.
func officeOf(sort, region, district string) string {
	level, what, _ := strings.Cut(sort, " ")
	place := district
	switch level {
	case "country":
		return map[string]string{prosecutors: generalOffice, interior: ministry, courts: supremeCourt, bars: barChamber}[what]
	case "region":
		place = region
	}
	return map[string]string{prosecutors: "pr-", interior: "ia-", courts: "court-", bars: "bar-", prisons: "pen-", experts: "exp-"}[what] + place
}

// staff is what habits/service.yaml says: who works where, and for whom.
type staff struct {
	roles     map[string][]post // by sort of office
	later     []later
	competent map[string][]competence
	accounts  []account
	pages     []string // roles in which an office acts by a public page
}

type (
	post       struct{ role, n, shown string }
	competence struct{ role, sort string }
	later      struct {
		office, role string // one office, or a sort of offices: "region prosecutors"
		n            int
	}
	account struct {
		place, role, nth string
		shows            map[string]string
	}
)

// readStaff reads who works where. The file is part of the program.
func readStaff() (*staff, error) {
	src := lawtext.New(files)
	out := &staff{roles: map[string][]post{}, competent: map[string][]competence{}}
	top, ok := src.Read("habits/service.yaml")
	if !ok {
		return nil, src.Err()
	}
	v := src.Keys(top, "offices", "competent", "accounts", "later", "pages")
	out.pages = src.Texts(v["pages"])
	for _, e := range src.Entries(v["later"]) {
		for _, x := range src.Entries(e.Value) {
			n, _ := atoi(src.Text(x.Value))
			out.later = append(out.later, later{office: e.Name, role: x.Name, n: n})
		}
	}
	for _, e := range src.Entries(v["offices"]) {
		for _, x := range src.Entries(e.Value) {
			p := post{role: x.Name, n: src.Text(x.Value)}
			p.n, p.shown, _ = strings.Cut(p.n, ", here ")
			out.roles[e.Name] = append(out.roles[e.Name], p)
		}
	}
	for _, e := range src.Entries(v["competent"]) {
		for _, x := range src.Entries(e.Value) {
			if officeOf(src.Text(x.Value), "1", "2") == "" {
				src.Bad(x.Value, "there is no such sort of office")
			}
			out.competent[e.Name] = append(out.competent[e.Name], competence{x.Name, x.Value.Word()})
		}
	}
	for _, n := range items(v["accounts"]) {
		a := src.Keys(n, "place", "role", "nth", "uz", "ru", "en")
		x := account{place: src.Text(a["place"]), role: src.Text(a["role"]), nth: "1", shows: map[string]string{}}
		if a["nth"].Given() {
			x.nth = src.Text(a["nth"])
		}
		for _, lang := range lawtext.Languages {
			x.shows[lang] = src.Text(a[lang])
		}
		out.accounts = append(out.accounts, x)
	}
	return out, src.Err()
}

// builder puts a service together.
type builder struct {
	staff   *staff
	service directory.Service
	r       *rand.Rand
	from    calendar.Moment
	names   map[string]bool
	women   int // share of women among the officers now made, in a hundred
}

// Service makes the synthetic service: offices, competences, officers. The same
// seed gives the same service. Nobody has a password: an officer is chosen, not
// signed in. The accounts are officers of one district and of the offices above it.
func Service(o Options) (*directory.Service, []Account) {
	s, err := readStaff()
	if err != nil {
		panic(err) // the file is built in, and a test reads it
	}
	b := &builder{staff: s, r: random(o.Seed, serviceStream), from: o.Now - mandateLength, names: map[string]bool{}, women: 30}
	b.top()
	list := regions()
	for i := range list {
		b.region(&list[i])
	}
	for _, l := range s.later { // after all others: nobody else's name changes with them
		switch level, _, sort := strings.Cut(l.office, " "); {
		case sort && level == "country":
			b.officers(officeOf(l.office, "", ""), "17", l.role, l.n, capital)
		case sort:
			for i := range list {
				b.officers(officeOf(l.office, list[i].soato, ""), list[i].soato, l.role, l.n, list[i].peoples)
			}
		case l.office == herePolice:
			b.officers(interiorOf(shown), interiorOf(shown), l.role, l.n, capital)
		default:
			b.officers(l.office, l.office, l.role, l.n, capital)
		}
	}
	return &b.service, b.accounts()
}

// herePolice is what habits/service.yaml calls the police of the district that is shown.
const herePolice = "police-here"

func (b *builder) office(id, code, kind, parent, soato, uz, ru, en string) {
	b.service.Offices = append(b.service.Offices, directory.Office{ID: id, Code: code, Kind: kind, Parent: parent, Place: soato,
		Names: map[string]string{"uz": uz, "ru": ru, "en": en}})
}

// works gives an office of a sort its officers, and lays down which offices have a part in its proceedings.
func (b *builder) works(sort, region, district string, of peoples) {
	office, place := officeOf(sort, region, district), district
	switch {
	case strings.HasPrefix(sort, "country"):
		place = "17"
	case strings.HasPrefix(sort, "region"):
		place = region
	}
	for _, c := range b.staff.competent[sort] {
		if who := officeOf(c.sort, region, district); who != office {
			b.service.Competences = append(b.service.Competences, directory.Competence{Office: office, Role: c.role, Competent: who})
		}
	}
	for _, p := range b.staff.roles[sort] {
		n, _ := atoi(p.n)
		if more, ok := atoi(p.shown); ok && place == shown {
			n = more
		}
		b.officers(office, place, p.role, n, of)
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
	for _, what := range []string{prosecutors, interior, courts, bars} {
		b.works("country "+what, "1726", shown, capital)
	}
}

func (b *builder) region(r *region) {
	s := r.soato
	id := func(what string) string { return officeOf("region "+what, s, "") }
	en := r.en
	b.office(id(prosecutors), "P"+s, directory.Prosecutor, generalOffice, s, r.bound()+" prokuraturasi", "Прокуратура "+r.genitive(), "Prosecutor's Office of "+english(en))
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
	b.office(id(interior), s, directory.Interior, ministry, s, iaUz, iaRu, iaEn)
	b.office(id(courts), "S"+s, directory.Court, supremeCourt, s, courtUz, courtRu, courtEn)
	b.office(id(bars), "A"+s, directory.Bar, barChamber, s, "Advokatlar palatasining "+r.uz+" hududiy boshqarmasi",
		"Территориальное управление Палаты адвокатов по "+r.dative(), "Chamber of Advocates, "+en)
	b.office(id(prisons), "J"+s, directory.Interior, ministry, s, r.bound()+" jazoni ijro etish boshqarmasi", "Управление исполнения наказаний "+r.genitive(),
		en+" Directorate of Penal Execution")
	b.office(id(experts), "E"+s, directory.Interior, ministry, s, r.bound()+" ekspert-kriminalistika boshqarmasi", "Экспертно-криминалистическое управление "+r.genitive(),
		en+" Directorate of Forensic Examination")
	for _, what := range []string{prosecutors, interior, courts, bars, prisons, experts} {
		b.works("region "+what, s, "", r.peoples)
	}
	for i := range r.districts {
		b.district(r, &r.districts[i])
	}
}

func (b *builder) district(r *region, d *place) {
	s, up := d.soato, r.soato
	code := up + "-" + s[4:]
	id := func(level, what string) string { return officeOf(level+" "+what, up, s) }
	b.office(id("district", prosecutors), "P"+code, directory.Prosecutor, id("region", prosecutors), s, d.bound()+" prokuraturasi", "Прокуратура "+d.genitive(), "Prosecutor's Office of "+english(d.en))
	b.office(id("district", interior), code, directory.Interior, id("region", interior), s, d.bound()+" ichki ishlar boʻlimi", "Отдел внутренних дел "+d.genitive(), d.en+" Department of Internal Affairs")
	b.office(id("district", courts), "S"+code, directory.Court, id("region", courts), s, "Jinoyat ishlari boʻyicha "+d.bound()+" sudi", "Суд по уголовным делам "+d.genitive(), d.en+" Criminal Court")
	for _, what := range []string{prosecutors, interior, courts} {
		b.works("district "+what, up, s, r.peoples)
	}
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
	for _, a := range b.staff.accounts {
		place := map[string]string{"here": shown, "region": shown[:4], "country": "17", "ministry": ministry, herePolice: interiorOf(shown)}[a.place]
		id := place + "-" + a.role + "-" + a.nth
		for i := range b.service.Officers {
			if n := &b.service.Officers[i]; n.ID == id {
				m := &n.Mandates[0]
				out = append(out, Account{Officer: n.ID, Mandate: m.ID, Name: n.Name, Role: m.Role, Office: m.Office, Shows: a.shows})
			}
		}
	}
	return out
}
